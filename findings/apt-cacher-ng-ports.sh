#!/usr/bin/env bash
# apt-cacher-ng takes no port from 32768 on: neither to listen on, nor to reach by CONNECT.
#
# Version:  3.7.4-1+b2 of Debian 12.
# Seen:     with `Port: 32767` it serves. With `Port: 32768` it ends, saying
#             Error resolving address for binding: Success
#           CONNECT to a server on port 32766 is answered 200, to one on port 32769
#             HTTP/1.0 502 CONNECT error: Connection refused
#           though it listens there.
# Expected: ports go to 65535 (RFC 9293 §3.1), and Linux gives those from 32768 on to whoever asks for any.
# Follows:  "connection refused", told by this proxy, does not mean that nothing listens on the port.
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
apt-get download -qq apt-cacher-ng=3.7.4-1+b2 libc-ares2 libevent-2.1-7 libevent-core-2.1-7 libevent-pthreads-2.1-7 \
  libwrap0 libnsl2 libtirpc3 2>download
for package in *.deb; do dpkg-deb --extract "$package" files; done
LD_LIBRARY_PATH=$(find "$folder/files" -name '*.so*' -printf '%h\n' | sort -u | paste -sd :)
export LD_LIBRARY_PATH

serve() {
  mkdir -p "$1"
  printf '%s\n' "CacheDir: $folder/$1" "LogDir: $folder/$1" "SocketPath: $folder/$1/socket" "Port: $1" 'BindAddress: localhost' \
    'ForeGround: 1' 'PassThroughPattern: .*' "SupportDir: $folder/files/usr/lib/apt-cacher-ng" >"$1/acng.conf"
  timeout 60 files/usr/sbin/apt-cacher-ng -c "$folder/$1" >"$1/said" 2>&1 &
  ids+=($!)
}
answer() {
  exec 3<>/dev/tcp/127.0.0.1/32767
  printf 'CONNECT 127.0.0.1:%s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n' "$1" "$1" >&3
  local line
  IFS= read -r -t 10 line <&3
  exec 3>&-
  printf '%s\n' "${line%$'\r'}"
}

timeout 60 python3 -m http.server --bind 127.0.0.1 32766 >server 2>&1 &
ids+=($!)
timeout 60 python3 -m http.server --bind 127.0.0.1 32769 >server2 2>&1 &
ids+=($!)
serve 32767
serve 32768
sleep 3

seen=$(printf '%s\n' "listening on 32768: $(cat 32768/said)" "CONNECT to 32766: $(answer 32766)" "CONNECT to 32769: $(answer 32769)")
expected='listening on 32768: Error resolving address for binding: Success
CONNECT to 32766: HTTP/1.0 200 Connection established
CONNECT to 32769: HTTP/1.0 502 CONNECT error: Connection refused'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
