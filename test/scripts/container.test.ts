import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.ts';
import { REPOSITORY } from '../cli/child.ts';

interface Service {
  readonly environment: Record<string, string>;
  readonly healthcheck: { readonly test: readonly string[] };
  readonly [name: string]: unknown;
}

const run = promisify(execFile);

async function textOf(file: string): Promise<string> {
  return readFile(path.join(REPOSITORY, file), 'utf8');
}

describe('the Dockerfile', () => {
  test('makes an image that serves, with nothing to write to but its volume', async () => {
    const script = [path.join(REPOSITORY, 'scripts/container/main.mjs'), '--installed'];
    const { stdout } = await run(process.execPath, script, { timeout: 110_000 });
    expect(stdout).toContain('\nhealthy: {"status":"ready"}\n');
    expect(stdout).toContain('\nwithout a credential: 401\n');
    expect(stdout).toContain('\nwith the first token: {"data":{"viewer":{"isAdministrator":true}}}\n');
    expect(stdout).toContain('\nstopped by SIGTERM\nnothing written outside of /data\n');
  }, 120_000);

  test('names an LTS version of Node that the tests run on', async () => {
    const tags = [...(await textOf('Dockerfile')).matchAll(/^FROM (node:\S+)/gm)].map(([, tag]) => tag);
    expect(new Set(tags)).toEqual(new Set(['node:24-trixie-slim']));
    expect(await textOf('.ci/run')).toContain('--package node@24 node ');
  });
});

describe('compose.yaml', () => {
  let text: string;
  let services: { readonly server: Service; readonly mongo: Service };
  let volumes: Record<string, unknown>;

  beforeAll(async () => {
    text = await textOf('compose.yaml');
    ({ services, volumes } = parse(text, { strict: true, uniqueKeys: true }));
  });

  test('is the only file that docker compose would take', async () => {
    const files = (await readdir(REPOSITORY)).filter((file) => /^(docker-)?compose\./.test(file));
    expect(files).toEqual(['compose.yaml']);
  });

  test('builds the server from this checkout, and looks for it nowhere else', () => {
    expect(services.server).toMatchObject({ build: '.' });
    expect(services.server).not.toHaveProperty('image');
  });

  test('publishes one port a service, on loopback alone', () => {
    expect(services.server.ports).toEqual(['127.0.0.1:4000:4000']);
    expect(services.mongo.ports).toEqual(['127.0.0.1:27017:27017']);
  });

  test('takes rights from both services, and lets them write to their volumes alone', () => {
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        restart: 'unless-stopped',
      });
      expect(service).not.toHaveProperty('cap_add');
      expect(service).not.toHaveProperty('privileged');
    }
    expect(services.server.volumes).toEqual(['data:/data']);
    expect(services.mongo.volumes).toEqual(['mongo:/data/db']);
    expect(Object.keys(volumes)).toEqual(['data', 'mongo']);
  });

  test('starts the server once MongoDB takes writes, and gives it the time that it may take to stop', async () => {
    expect(services.server.depends_on).toEqual({ mongo: { condition: 'service_healthy' } });
    const [, limit = ''] = /CLOSE_LIMIT = ([\d_]+);/.exec(await textOf('src/cli/serve.ts')) ?? [];
    const grace = Number.parseInt(String(services.server.stop_grace_period), 10) * 1000;
    expect(grace).toBeGreaterThan(Number(limit.replace('_', '')));
  });

  test('gives the server settings that it starts with, and MongoDB’s address by the name of its replica set', () => {
    const read = readConfig(inEnvironment(services.server.environment, {}));
    expect(read).toMatchObject({
      ok: true,
      config: {
        host: '0.0.0.0',
        port: 4000,
        publicUrl: new URL('http://localhost:4000'),
        mongodbUrl: 'mongodb://mongo:27017/proxy_ledger?replicaSet=rs0',
      },
    });
    const elsewhere = inEnvironment(services.server.environment, { PUBLIC_URL: 'https://ledger.example.com' });
    expect(readConfig(elsewhere)).toMatchObject({ config: { publicUrl: new URL('https://ledger.example.com') } });
  });

  test('holds no secret, and takes them from a file that git and docker pass over', async () => {
    expect(text).not.toMatch(/SECRETS_KEYS: *\S|PASSWORD/);
    expect(services.server.env_file).toEqual([{ path: '.env', required: false }]);
    expect((await textOf('.gitignore')).split('\n')).toContain('.env');
    const [first, ...sent] = (await textOf('.dockerignore')).split('\n').filter((line) => !line.startsWith('#'));
    expect(first).toBe('*');
    expect(sent.join('\n')).not.toMatch(/\.env|data|\.git\b|^\*|^!\.$/m);
  });

  describe('makes a replica set', () => {
    const MEMBER = { _id: 0, host: 'mongo:27017' };

    test('of one node, whose name is the service’s', () => {
      expect(Object.keys(services)).toContain('mongo');
      expect(services.mongo.hostname).toBe('mongo');
      expect(services.mongo.command).toEqual(['mongod', '--replSet', 'rs0', '--bind_ip_all']);
      expect(checked({ config: undefined, writable: true })).toEqual({
        initiated: [{ _id: 'rs0', members: [MEMBER] }],
        reconfigured: [],
        code: 0,
      });
    });

    test('once', () => {
      const config = { _id: 'rs0', version: 1, members: [MEMBER] };
      expect(checked({ config, writable: true })).toEqual({ initiated: [], reconfigured: [], code: 0 });
    });

    test('of the one that an earlier version of the file made under another name', () => {
      const config = { _id: 'rs0', version: 1, members: [{ _id: 0, host: '127.0.0.1:27017' }] };
      const { reconfigured } = checked({ config, writable: true });
      expect(reconfigured).toEqual([{ ...config, members: [MEMBER] }]);
    });

    test('that is not healthy before it takes writes', () => {
      expect(checked({ config: { members: [MEMBER] }, writable: false }).code).toBe(1);
    });

    /** Runs the script of the health check against a shell that has this replica set. */
    function checked({ config, writable }: { config: object | undefined; writable: boolean }) {
      const initiated: unknown[] = [];
      const reconfigured: unknown[] = [];
      let code: number | undefined;
      const rs = {
        conf: () => {
          if (config === undefined) throw new Error('no replset config has been received');
          return structuredClone(config);
        },
        initiate: (made: unknown) => initiated.push(made),
        reconfig: (made: unknown) => reconfigured.push(made),
      };
      const quit = (given: number) => {
        code = given;
      };
      const [, program, , , script = ''] = services.mongo.healthcheck.test;
      expect(program).toBe('mongosh');
      vm.runInNewContext(script, { rs, quit, db: { hello: () => ({ isWritablePrimary: writable }) } });
      return structuredClone({ initiated, reconfigured, code });
    }
  });

  const hasCompose = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;
  (hasCompose ? test : test.skip)('is taken by docker compose', async () => {
    await run('docker', ['compose', '--file', path.join(REPOSITORY, 'compose.yaml'), 'config', '--quiet']);
  });
});

describe('the README’s way to a container', () => {
  let commands: string[];

  beforeAll(async () => {
    const [, section = ''] = (await textOf('README.md')).split('\n## In a container\n');
    const [, block = ''] = /^```console\n(.*?)^```/ms.exec(section) ?? [];
    commands = [...block.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command);
  });

  test('is one command to start it, one for the keys before and one for the first token behind', () => {
    expect(commands).toEqual([
      expect.stringContaining('SECRETS_KEYS='),
      'docker compose up --detach --wait',
      'docker compose exec server proxy-ledger token issue --admin --name first',
    ]);
  });

  test('makes keys that the server takes, in a file for its owner alone', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'keys-'));
    try {
      await run('bash', ['-euo', 'pipefail', '-c', `${commands[0]}; stat --format %a .env >mode`], { cwd: folder });
      expect(await readFile(path.join(folder, 'mode'), 'utf8')).toBe('600\n');
      const [name = '', value = ''] = (await readFile(path.join(folder, '.env'), 'utf8')).trim().split(/=(.*)/s);
      expect(readConfig({ [name]: value })).toMatchObject({ ok: true, config: { keyRing: expect.anything() } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** The variables of a service, where these are set around compose. */
function inEnvironment(environment: Record<string, string>, around: Record<string, string>): Record<string, string> {
  const filled = (value: string) =>
    value.replace(/\$\{([A-Z_]+):-([^}]*)\}/g, (_, name: string, otherwise: string) => around[name] || otherwise);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filled(value)]));
}
