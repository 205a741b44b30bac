#!/usr/bin/env bash
# curl decodes the percent signs of --proxy-user twice when --proxy-anyauth makes it ask a second time.
#
# Version:  curl 7.88.1-10+deb12u15 of Debian 12, with proxy-chain 3.0.1 as the proxy.
# Seen:     the user `a%41` is to be written `a%2541` in --proxy-user, and arrives as `a%41` with --proxy-basic. With
#           --proxy-anyauth the first request carries no credentials, and the second one, behind the 407, those of `aA`.
# Expected: curl(1) says of --proxy-user that it is percent-decoded, and of --proxy-anyauth only that it picks a method.
# Follows:  a user or password with a percent sign before two hexadecimal digits works with one of the two options, and is
#           rejected with the other.
set -euo pipefail
folder=$(mktemp -d)
ids=()
finish() {
  for id in "${ids[@]}"; do kill "$id" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

chmod 755 .
apt-get download -qq curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 libnghttp2-14 librtmp1 libssh2-1 libpsl5 \
  libbrotli1 libldap-2.5-0 2>download
for package in *.deb; do dpkg-deb --extract "$package" files; done
LD_LIBRARY_PATH=$(find "$folder/files" -name '*.so*' -printf '%h\n' | sort -u | paste -sd :)
npm install --silent --no-audit --no-fund proxy-chain@3.0.1

cat >proxy.mjs <<'JS'
import { createServer } from 'node:http';
import { Server } from 'proxy-chain';

const target = createServer((_, answer) => answer.end('ok')).listen(0, '127.0.0.1');
const proxy = new Server({
  port: 0,
  host: '127.0.0.1',
  prepareRequestFunction: ({ username }) => {
    console.log(`user: ${username || 'none'}`);
    return { requestAuthentication: !username };
  },
});
await proxy.listen();
console.log(`ports: ${proxy.port} ${target.address().port}`);
setTimeout(() => process.exit(), 60_000);
JS
node proxy.mjs >said &
ids+=($!)
for _ in $(seq 100); do grep -q ports: said && break; sleep 0.1; done
read -r _ proxy target < <(grep ports: said)

ask() {
  LD_LIBRARY_PATH=$LD_LIBRARY_PATH files/usr/bin/curl --disable --silent --max-time 10 --noproxy '' --proxy "http://127.0.0.1:$proxy" --proxy-user 'a%2541:b' "$1" \
    "http://127.0.0.1:$target/" --output /dev/null
}
ask --proxy-basic
ask --proxy-anyauth
sleep 0.5

seen=$(grep user: said)
expected='user: a%41
user: none
user: aA'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
