// Mutations a second over HTTP against raw single-row inserts of the same driver, with the same durability.
import path from 'node:path';
import Database from 'libsql';
import { clients, paired, perSecond } from './measure.mjs';
import { scratch, startServer } from './server.mjs';

const CREATE =
  'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { proxyConnection { id } commit { position } userErrors { code } } }';

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const server = await startServer(directory);
  await server.ask('mutation { createProject(input: { key: "bench", name: "Bench" }) { commit { position } } }');
  const raw = new Database(path.join(directory, 'raw.sqlite'));
  for (const pragma of ['locking_mode = EXCLUSIVE', 'journal_mode = WAL', 'synchronous = FULL']) raw.pragma(pragma);
  raw.exec('CREATE TABLE commits (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
  const insert = raw.prepare('INSERT INTO commits (body) VALUES (?)');
  const body = Buffer.alloc(800, 'x');
  const total = quick ? 100 : 1_000;
  let name = 0;
  for (const count of [1, 64]) {
    const [ours, baseline] = await paired(
      quick ? 1 : 5,
      () =>
        clients(count, total, () => {
          name += 1;
          return server.ask(CREATE, {
            input: { projectKey: 'bench', name: `p ${name}`, type: 'HTTP', host: 'h', port: 1 },
          });
        }),
      () => {
        for (let done = 0; done < total; done += 1) insert.run([body]);
      },
    );
    row(
      `mutations, ${count} client${count > 1 ? 's' : ''}`,
      perSecond(total, ours),
      `${perSecond(total, baseline)} raw inserts`,
      (baseline / ours).toFixed(2),
      '',
    );
  }
  raw.close();
  await server.ask.close();
  await server.close();
  await remove();
}
