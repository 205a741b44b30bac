#!/usr/bin/env bash
# proxy.py sends the length of a forwarded body twice when the client did not spell the field "Content-Length".
#
# Version:  proxy.py 2.4.10, with undici 7.30.2 as the client and Node's own HTTP server as the target.
# Seen:     undici writes `content-length: 5`, as every field it adds itself. proxy.py looks for that field as
#           `Content-Length`, finds none, and adds its own: the target gets both, and Node's server answers 400.
#           With `Content-Length: 5`, as curl writes it, the target gets one and answers 200.
# Expected: names of fields have no case (RFC 9110 §5.1), and a sender must not send a length twice (§8.6: one value).
# Follows:  a POST that works with curl fails with undici through the same proxy, with a status that seems the target's.
set -euo pipefail
folder=$(mktemp -d)
ids=()
finish() {
  for id in "${ids[@]}"; do kill "$id" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

python3 -m venv python
python/bin/pip install --quiet proxy.py==2.4.10
npm install --silent --no-audit --no-fund undici@7.30.2

cat >main.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Client } from 'undici';

const proxyPort = Number(process.argv[2]);
const raw = [];
const target = createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1');
await once(target, 'listening');
target.on('connection', (socket) => socket.on('data', (chunk) => raw.push(chunk.toString())));
const url = `http://127.0.0.1:${target.address().port}/`;
const lengths = () => (raw.splice(0).join('').match(/^content-length:.*$/gim) ?? []).map((line) => line.trim()).join(', ');

const client = new Client(`http://127.0.0.1:${proxyPort}`);
const { statusCode } = await client.request({ method: 'POST', path: url, headers: { host: new URL(url).host }, body: 'hello' });
console.log(`undici: ${statusCode}; the target got: ${lengths()}`);
client.destroy();

const socket = connect(proxyPort, '127.0.0.1');
socket.write(`POST ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Length: 5\r\n\r\nhello`);
const [answer] = await once(socket, 'data');
console.log(`as curl: ${answer.toString().split(' ')[1]}; the target got: ${lengths()}`);
process.exit();
JS

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
timeout 60 python/bin/proxy --hostname 127.0.0.1 --port "$port" --num-workers 1 --data-dir "$folder/data" >said 2>&1 &
ids+=($!)
for _ in {1..100}; do (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break || sleep 0.1; done

seen=$(timeout 30 node main.mjs "$port")
expected='undici: 400; the target got: content-length: 5, Content-Length: 5
as curl: 200; the target got: Content-Length: 5'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
