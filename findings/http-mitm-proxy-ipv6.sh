#!/usr/bin/env bash
# http-mitm-proxy answers CONNECT to an IPv6 address with a certificate for the host "[".
#
# Version:  http-mitm-proxy 1.1.0.
# Seen:     CONNECT 127.0.0.1:8443 gets a certificate for `IP Address:127.0.0.1`, CONNECT [::1]:8443 one for `DNS:[`:
#           the authority is cut at its first colon, which stands within the brackets.
# Expected: an IP literal is in brackets in an authority (RFC 3986 §3.2.2), so the port begins behind the closing one.
# Follows:  an https target by its IPv6 address fails behind it with a host mismatch, whatever authority is trusted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund http-mitm-proxy@1.1.0
cat >main.mjs <<'JS'
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Proxy } from 'http-mitm-proxy';

const proxy = new Proxy();
proxy.onError(() => undefined);
await new Promise((resolve) => proxy.listen({ host: '127.0.0.1', port: 0, sslCaDir: 'authority' }, resolve));
for (const authority of ['127.0.0.1:8443', '[::1]:8443']) {
  const socket = connect(proxy.httpPort, '127.0.0.1');
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  const secured = connectTls({ socket, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  const { subjectaltname } = secured.getPeerCertificate();
  console.log(`CONNECT ${authority}: ${answer.toString().split('\r\n')[0]}; certificate for ${subjectaltname}`);
  secured.destroy();
}
process.exit();
JS

seen=$(timeout 60 node main.mjs 2>errors | grep '^CONNECT')
expected='CONNECT 127.0.0.1:8443: HTTP/1.1 200 OK; certificate for IP Address:127.0.0.1
CONNECT [::1]:8443: HTTP/1.1 200 OK; certificate for DNS:['
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
