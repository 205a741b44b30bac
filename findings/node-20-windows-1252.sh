#!/usr/bin/env bash
# Node 20 decodes windows-1252 as if it were Latin-1: quotation marks, dashes and the euro sign become control characters.
#
# Version:  Node 20.20.2, which has the fault, and 24.21.0, which has not; both from npm's package `node`.
# Seen:     the bytes 49 74 92 73 20 35 20 80 give "It\u0092s 5 \u0080" on 20, and "It’s 5 €" on 24, with
#           `fatal: true` as without.
# Expected: the table of windows-1252 in the WHATWG's Encoding Standard, whatever the options are. `iso-8859-1` and
#           `ascii` are labels of the same encoding there, so pages that name those are decoded wrongly too.
# Follows:  the text of a great many Western servers' answers comes out wrong, without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >main.mjs <<'JS'
const bytes = Uint8Array.of(0x49, 0x74, 0x92, 0x73, 0x20, 0x35, 0x20, 0x80);
const shown = (text) => JSON.stringify(text).replace(/[\u0080-\u009f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
const texts = [{}, { fatal: true }].map((options) => shown(new TextDecoder('windows-1252', options).decode(bytes)));
console.log(`${process.version}: ${texts.join(', fatal: ')}`);
JS

seen=$(
  for version in 20.20.2 24.21.0; do
    npm install --silent --no-audit --no-fund --prefix "$version" "node@$version"
    "$version/node_modules/node/bin/node" main.mjs
  done
)
expected='v20.20.2: "It\u0092s 5 \u0080", fatal: "It\u0092s 5 \u0080"
v24.21.0: "It’s 5 €", fatal: "It’s 5 €"'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
