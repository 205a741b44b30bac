#!/usr/bin/env bash
# Adds a pipeline to a realm that keycloak-setup.sh prepared: a client that gets tokens by its secret (client credentials).
#
#   keycloak-pipeline.sh KEYCLOAK_HOME URL ADMIN PASSWORD REALM NAME [--as-client]
#
# It prints the secret, and whom to grant access to. Keycloak's `sub` is the UUID of the client's service account, which is
# a user. With --as-client it is the client's id, and the pipeline is of kind CLIENT.
set -euo pipefail
if (($# < 6)) || [[ ${7:---as-client} != --as-client ]]; then
  sed -n 's/^#   /Usage: /p' "$0" >&2
  exit 2
fi
home=$1 url=$2 admin=$3 password=$4 realm=$5 name=$6 way=${7:-}
session=$(mktemp)
trap 'rm -f "$session"' EXIT

kc() {
  local verb=$1
  shift
  "$home/bin/kcadm.sh" "$verb" "$@" --config "$session"
}
text() { # path, field
  kc get "$1" --target-realm "$realm" --fields "$2" --format csv --noquotes
}

kc config credentials --server "$url" --realm master --user "$admin" --password "$password"
scope=$(kc get client-scopes --target-realm "$realm" --fields id,name --format csv --noquotes | sed -n 's/,proxy-ledger$//p')
client=$(kc create clients --target-realm "$realm" --set clientId="$name" --set publicClient=false \
  --set serviceAccountsEnabled=true --set standardFlowEnabled=false --set fullScopeAllowed=false --id)
kc update "clients/$client/default-client-scopes/$scope" --target-realm "$realm"
if [[ $way == --as-client ]]; then
  kc create "clients/$client/protocol-mappers/models" --target-realm "$realm" --set name='sub is the client' \
    --set protocol=openid-connect --set protocolMapper=oidc-usersessionmodel-note-mapper \
    --set 'config."user.session.note"=client_id' --set 'config."claim.name"=sub' \
    --set 'config."jsonType.label"=String' --set 'config."access.token.claim"=true'
fi

issuer=$(curl --silent --show-error --fail "$url/realms/$realm/.well-known/openid-configuration" |
  sed 's/.*"issuer":"\([^"]*\)".*/\1/')
echo "secret: $(text "clients/$client/client-secret" value)"
if [[ $way == --as-client ]]; then
  echo "grant to: CLIENT $issuer#$name"
else
  echo "grant to: USER $issuer#$(text "clients/$client/service-account-user" id)"
fi
