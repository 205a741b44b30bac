#!/usr/bin/env bash
# Node says UNSPECIFIED where OpenSSL says exactly why it refuses a certificate.
#
# Version:  Node 20.20.2 and 24.21.0, both from npm's package `node`; certificates made by openssl.
# Seen:     with `rejectUnauthorized: false`, which is how a client looks at a certificate before it judges it,
#           `authorizationError` is UNSPECIFIED for a certificate signed with SHA-1 (OpenSSL: "CA signature digest
#           algorithm too weak") and for one whose issuer's name constraints it violates ("permitted subtree violation").
#           `openssl verify` tells the two apart by number, 68 and 47.
# Expected: an authorizationError that names the reason, as for the reasons that are known to it.
# Follows:  to tell a person which of the two it is, a client has to read the certificates itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

key=(-newkey rsa:2048 -nodes)
issue() { # name, issuer, digest, extensions
  printf '%s\n' "${@:4}" >"$1.ext"
  openssl req "${key[@]}" -keyout "$1.key" -subj "/CN=$1" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 9 "-$3" -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
openssl req -x509 "${key[@]}" -keyout root.key -subj /CN=root -days 9 -out root.pem 2>/dev/null
issue limited root sha256 'basicConstraints=critical,CA:TRUE' 'nameConstraints=critical,permitted;DNS:example.com'
issue old root sha1 'subjectAltName=DNS:localhost'
issue outside limited sha256 'subjectAltName=DNS:localhost'
cat limited.pem >>outside.pem

cat >main.mjs <<'JS'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';

const file = (name) => readFileSync(name, 'utf8');
for (const name of ['old', 'outside']) {
  // The level lets the server show the certificate; the client has its default.
  const options = { cert: file(`${name}.pem`), key: file(`${name}.key`), ciphers: 'DEFAULT@SECLEVEL=0' };
  const server = createServer(options).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: file('root.pem'), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  console.log(`${process.version}, ${name}: ${socket.authorizationError}`);
  socket.destroy();
  server.close();
}
process.exit();
JS

verify() {
  openssl verify -auth_level 1 -CAfile root.pem -untrusted "$1.pem" "$1.pem" 2>&1 | sed -n 's/^error \([0-9]*\) at .*/\1/p'
}
seen=$(
  for version in 20.20.2 24.21.0; do
    npm install --silent --no-audit --no-fund --prefix "$version" "node@$version"
    "$version/node_modules/node/bin/node" main.mjs
  done
  echo "openssl, old: $(verify old); outside: $(verify outside)"
)
expected='v20.20.2, old: UNSPECIFIED
v20.20.2, outside: UNSPECIFIED
v24.21.0, old: UNSPECIFIED
v24.21.0, outside: UNSPECIFIED
openssl, old: 68; outside: 47'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
