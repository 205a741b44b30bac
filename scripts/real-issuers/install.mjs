// Installs both issuers in pinned versions, each from its own registry, by its ordinary client.
import { chmod, cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { complete } from '../real-proxies/install.mjs';
import { output } from '../real-proxies/run.mjs';

export const KEYCLOAK = '26.7.3';
export const HYDRA = '2.3.0';

const SECONDS = 900;
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK}:zip`;
/** From Hydra's own go.mod, whose `replace` does not hold for who requires it. */
const POP = 'github.com/gobuffalo/pop/v6=github.com/ory/pop/v6@v6.2.1-0.20241121111754-e5dfc0f3344b';

/** Keycloak's home. */
export async function installKeycloak(root) {
  const folder = await complete(path.join(root, 'keycloak'), async (cwd) => {
    await output(SECONDS, 'mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${ARTIFACT}`, '-DoutputDirectory=.'], {
      cwd,
    });
    await output(60, 'jar', ['xf', `keycloak-quarkus-dist-${KEYCLOAK}.zip`], { cwd });
    const bin = path.join(cwd, `keycloak-${KEYCLOAK}`, 'bin');
    for (const name of await readdir(bin)) if (name.endsWith('.sh')) await chmod(path.join(bin, name), 0o755);
  });
  return path.join(folder, `keycloak-${KEYCLOAK}`);
}

/** Hydra's program. */
export async function installHydra(root) {
  const folder = await complete(path.join(root, 'hydra'), async (cwd) => {
    await cp(path.join(import.meta.dirname, 'hydra.go'), path.join(cwd, 'main.go'));
    await output(60, 'go', ['mod', 'init', 'real-issuers/hydra'], { cwd });
    await output(60, 'go', ['mod', 'edit', `-require=github.com/ory/hydra/v2@v${HYDRA}`, `-replace=${POP}`], { cwd });
    await output(SECONDS, 'go', ['mod', 'tidy'], { cwd });
    const tags = ['-tags', 'sqlite,sqlite_omit_load_extension'];
    await output(SECONDS, 'go', ['build', ...tags, '-o', 'hydra', '.'], { cwd });
  });
  return path.join(folder, 'hydra');
}
