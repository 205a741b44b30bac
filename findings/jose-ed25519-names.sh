#!/usr/bin/env bash
# jose finds no key for a token when the two call one algorithm by its two names, EdDSA and Ed25519.
#
# Version:  jose 6.2.18 of npm, on Node 20.
# Seen:     a token whose header says `alg: Ed25519`, signed with the key of a set that has its kid and says
#           `alg: EdDSA`, is refused with ERR_JWKS_NO_MATCHING_KEY, "no applicable key found in the JSON Web Key Set"; so is
#           the other way round. With a key that names no alg both are verified.
# Expected: as with an Ed25519 key both names are the same signature (RFC 9864 deprecates the older one), the kid to
#           decide; or a message that tells the names apart.
# Follows:  an issuer that goes over to the new name in its tokens before its key set, or the reverse, has all its tokens
#           refused, as if it had taken its key away.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund jose@6.2.18

cat >main.mjs <<'JS'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig' };
const names = ['EdDSA', 'Ed25519'];
for (const ofKey of [...names, undefined]) {
  const keys = createLocalJWKSet({ keys: [{ ...jwk, alg: ofKey }] });
  for (const ofToken of names) {
    const token = await new SignJWT({}).setProtectedHeader({ alg: ofToken, kid: 'one' }).sign(privateKey);
    const seen = await jwtVerify(token, keys, { algorithms: names }).then(
      () => 'verified',
      ({ code }) => code,
    );
    console.log(`key ${ofKey ?? 'without'}, token ${ofToken}: ${seen}`);
  }
}
JS

seen=$(node main.mjs)
expected='key EdDSA, token EdDSA: verified
key EdDSA, token Ed25519: ERR_JWKS_NO_MATCHING_KEY
key Ed25519, token EdDSA: ERR_JWKS_NO_MATCHING_KEY
key Ed25519, token Ed25519: verified
key without, token EdDSA: verified
key without, token Ed25519: verified'
printf '%s\n' "$seen"
[[ $seen == "$expected" ]] || { echo 'This has changed.' >&2; exit 1; }
