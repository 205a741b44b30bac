#!/usr/bin/env bash
# Prepares a realm of Keycloak 26 for Proxy Ledger, a new one if there is none of that name, with Keycloak's own kcadm.sh:
# what docs/access.md tells step by step.
#
#   keycloak-setup.sh KEYCLOAK_HOME URL ADMIN PASSWORD REALM ORIGIN
#
# ORIGIN is that of browsers, PUBLIC_URL without a final slash: https://ledger.example.com
set -euo pipefail
if (($# != 6)); then
  sed -n 's/^#   /Usage: /p' "$0" >&2
  exit 2
fi
home=$1 url=$2 admin=$3 password=$4 realm=$5 origin=$6
session=$(mktemp)
trap 'rm -f "$session"' EXIT

kc() {
  local verb=$1
  shift
  "$home/bin/kcadm.sh" "$verb" "$@" --config "$session"
}

kc config credentials --server "$url" --realm master --user "$admin" --password "$password"
kc get "realms/$realm" --fields realm >/dev/null 2>&1 || kc create realms --set realm="$realm" --set enabled=true

# One client scope has what access tokens need: the audience, and the groups. Not in ID tokens, which would pass for them.
scope=$(kc create client-scopes --target-realm "$realm" --set name=proxy-ledger --set protocol=openid-connect --id)
mapper() {
  kc create "client-scopes/$scope/protocol-mappers/models" --target-realm "$realm" --set protocol=openid-connect \
    --set 'config."access.token.claim"=true' --set 'config."id.token.claim"=false' "$@"
}
mapper --set name=audience --set protocolMapper=oidc-audience-mapper \
  --set 'config."included.custom.audience"=proxy-ledger'
# With full paths a group's name begins with a slash, and groups of one name below others are told apart.
mapper --set name=groups --set protocolMapper=oidc-group-membership-mapper \
  --set 'config."claim.name"=groups' --set 'config."full.path"=true' --set 'config."userinfo.token.claim"=false'

# People sign in by a public client: authorization code with PKCE. Without the full scope its tokens are for
# proxy-ledger alone. A web origin ends without a slash: with one, the browser's requests for tokens are refused.
console=$(kc create clients --target-realm "$realm" --set clientId=proxy-ledger-console --set publicClient=true \
  --set standardFlowEnabled=true --set fullScopeAllowed=false \
  --set "redirectUris=[\"$origin/*\"]" --set "webOrigins=[\"$origin\"]" \
  --set 'attributes."pkce.code.challenge.method"=S256' --id)
kc update "clients/$console/default-client-scopes/$scope" --target-realm "$realm"
