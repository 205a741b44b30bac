#!/usr/bin/env bash
# A new Hydra that is asked for its key set and for a token at once signs the token with a key that the set has not.
#
# Version:  Ory Hydra 2.3.0, by the Go module proxy, with its store in memory.
# Seen:     it makes its keys when they are first needed, each request on its own: the key set answers with a key that it
#           made, the token is signed with another one that was made beside it. Later the set has both, and a third
#           where three asked.
# Expected: one key for access tokens, made once, and every token's key in every key set that is answered from then on.
# Follows:  who starts a server and a new Hydra together has the first tokens refused until the server fetches the keys
#           again. Ask for the key set once before anybody else does.
set -euo pipefail
folder=$(mktemp -d)
id=
finish() {
  if [[ -n $id ]]; then
    kill "$id" 2>/dev/null || true
    wait "$id" || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

cat >main.go <<'GO'
package main

import "github.com/ory/hydra/v2/cmd"

func main() { cmd.Execute() }
GO
go mod init first-keys 2>/dev/null
# As its own go.mod has it, which does not hold for who requires it.
go mod edit -require=github.com/ory/hydra/v2@v2.3.0 \
  -replace=github.com/gobuffalo/pop/v6=github.com/ory/pop/v6@v6.2.1-0.20241121111754-e5dfc0f3344b
go mod tidy 2>/dev/null
go build -tags sqlite,sqlite_omit_load_extension -o hydra .

port=$((20000 + RANDOM % 10000))
cat >hydra.json <<JSON
{
  "dsn": "memory",
  "log": { "level": "panic" },
  "secrets": { "system": ["sixteen or longer"] },
  "serve": {
    "public": { "host": "127.0.0.1", "port": $port },
    "admin": { "host": "127.0.0.1", "port": $((port + 1)) }
  },
  "urls": { "self": { "issuer": "http://127.0.0.1:$port/" } },
  "strategies": { "access_token": "jwt" }
}
JSON
SQA_OPT_OUT=true ./hydra serve all --dev --config hydra.json >log 2>&1 &
id=$!
for _ in $(seq 300); do
  curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health/ready" && break
  sleep 0.1
done
curl --silent --fail --output /dev/null "http://127.0.0.1:$((port + 1))/admin/clients" \
  --data '{ "client_id": "one", "client_secret": "of this run alone", "grant_types": ["client_credentials"] }'

cat >ask.mjs <<'JS'
const [origin] = process.argv.slice(2);
const keys = async () => (await (await fetch(`${origin}/.well-known/jwks.json`)).json()).keys.map(({ kid }) => kid);
const tokenKey = async () => {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const authorization = `Basic ${btoa('one:of this run alone')}`;
  const response = await fetch(`${origin}/oauth2/token`, { method: 'POST', headers: { authorization }, body });
  const { access_token: token } = await response.json();
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
};
const [set, kid] = await Promise.all([keys(), tokenKey()]);
const later = await keys();
console.log(`at once: ${set.length} keys, the token's ${set.includes(kid) ? 'among them' : 'not among them'}`);
console.log(`later: ${later.length} keys, the token's ${later.includes(kid) ? 'among them' : 'not among them'}`);
JS
seen=$(node ask.mjs "http://127.0.0.1:$port")
expected='at once: 2 keys, the token'\''s not among them
later: 3 keys, the token'\''s among them'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
