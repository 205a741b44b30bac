#!/usr/bin/env bash
# Keycloak's token endpoint says yes to the preflight of any origin, and then refuses the request that it was for.
#
# Version:  Keycloak 26.7.3, from Maven.
# Seen:     of an origin that the client's web origins do not name, the preflight (OPTIONS) is answered 200 with that very
#           origin in Access-Control-Allow-Origin. The POST behind it is answered 403 {"error":"Invalid origin"} without
#           the header, so that the page may not read why, and its browser reports a failure of CORS alone. An origin with
#           a slash at the end among the web origins is such a one.
# Expected: the answer to a preflight to be the one that the request will get. It can't know the client; but then the 403
#           could be readable.
# Follows:  a preflight that succeeds, in a browser's tools or with curl, says nothing about web origins: ask with the
#           POST.
set -euo pipefail
folder=$(mktemp -d)
id=
finish() {
  if [[ -n $id ]]; then
    kill -- "-$id" 2>/dev/null || true
    wait "$id" || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

mvn -q -B -Dstyle.color=never dependency:copy -Dartifact=org.keycloak:keycloak-quarkus-dist:26.7.3:zip -DoutputDirectory=.
jar xf keycloak-quarkus-dist-26.7.3.zip
cd keycloak-26.7.3
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin JAVA_OPTS_KC_HEAP='-Xms64m -Xmx512m'
port=$((20000 + RANDOM % 10000))
url=http://127.0.0.1:$port
setsid bash bin/kc.sh start-dev --db=dev-mem --http-host=127.0.0.1 --http-port=$port >"$folder/log" 2>&1 &
id=$!
for _ in $(seq 120); do
  curl --silent --fail --output /dev/null "$url/realms/master" && break
  sleep 1
done

kc() { bash bin/kcadm.sh "$@" --config "$folder/session" 2>/dev/null; }
kc config credentials --server "$url" --realm master --user admin --password admin
kc create realms -s realm=demo -s enabled=true
kc create clients -r demo -s clientId=page -s publicClient=true \
  -s 'webOrigins=["http://127.0.0.1:4000","http://127.0.0.1:4001/"]'

ask() { # origin, curl's arguments: the status, and which origin is allowed
  curl --silent --output /dev/null --dump-header - --header "origin: $1" "${@:2}" \
    "$url/realms/demo/protocol/openid-connect/token" | tr -d '\r' |
    awk '/^HTTP/ { status = $2 } tolower($1) == "access-control-allow-origin:" { allowed = $2 }
      END { print status, allowed ? "allowed" : "not allowed" }'
}
seen=$(
  for origin in http://127.0.0.1:4000 http://127.0.0.1:4001 http://127.0.0.1:4002; do
    echo "$origin, preflight: $(ask "$origin" --request OPTIONS --header 'access-control-request-method: POST')"
    echo "$origin, POST: $(ask "$origin" --data 'grant_type=refresh_token&client_id=page&refresh_token=none')"
  done
)
expected='http://127.0.0.1:4000, preflight: 200 allowed
http://127.0.0.1:4000, POST: 400 allowed
http://127.0.0.1:4001, preflight: 200 allowed
http://127.0.0.1:4001, POST: 403 not allowed
http://127.0.0.1:4002, preflight: 200 allowed
http://127.0.0.1:4002, POST: 403 not allowed'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
