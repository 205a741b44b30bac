#!/usr/bin/env bash
# smokescreen refuses a target by policy with 407, and never says by which scheme to authenticate.
#
# Version:  v0.1.0.
# Seen:     CONNECT to an address that its default policy denies is answered
#             HTTP/1.1 407 Request rejected by proxy
#           with X-Smokescreen-Error and without Proxy-Authenticate; a GET for it likewise. No credentials are asked for,
#           and none would help.
# Expected: 407 means that the client must authenticate, and must come with Proxy-Authenticate (RFC 9110 §15.5.8,
#           §11.7.1); what is forbidden is 403.
# Follows:  clients ask for a password, or say that the one they have is wrong.
set -euo pipefail
folder=$(mktemp -d)
ids=()
finish() {
  for id in "${ids[@]}"; do kill "$id" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

GOBIN=$folder go install github.com/stripe/smokescreen@v0.1.0
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
timeout 60 ./smokescreen --listen-ip 127.0.0.1 --listen-port "$port" >said 2>&1 &
ids+=($!)
for _ in {1..100}; do (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break || sleep 0.1; done

# The status line, and which of the fields that matter here are in the head.
answer() {
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf '%s HTTP/1.1\r\nHost: 127.0.0.1:8443\r\n\r\n' "$1" >&3
  local line first=''
  while IFS= read -r -t 10 line <&3; do
    line=${line%$'\r'}
    [[ -n $line ]] || break
    [[ -n $first ]] || first=$line
    shopt -s nocasematch
    [[ $line =~ ^(X-Smokescreen-Error|Proxy-Authenticate): ]] && first+="; ${BASH_REMATCH[1]}"
    shopt -u nocasematch
  done
  exec 3>&-
  printf '%s\n' "$first"
}

seen=$(printf '%s\n' "CONNECT: $(answer 'CONNECT 127.0.0.1:8443')" "GET: $(answer 'GET http://127.0.0.1:8443/')")
expected='CONNECT: HTTP/1.1 407 Request rejected by proxy; X-Smokescreen-Error
GET: HTTP/1.1 407 Proxy Authentication Required; X-Smokescreen-Error'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
