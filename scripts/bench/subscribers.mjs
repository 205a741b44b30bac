// A thousand subscribers to one project under 16 writers: changes delivered a second, and what it takes of memory.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { clients, memoryInUse, perSecond } from './measure.mjs';
import { scratch, startServer } from './server.mjs';

const CREATE =
  'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { commit { position } } }';

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const server = await startServer(directory);
  await server.ask('mutation { createProject(input: { key: "bench", name: "Bench" }) { commit { position } } }');
  const subscribers = quick ? 20 : 1_000;
  const changes = quick ? 20 : 100;
  const before = memoryInUse();
  let delivered = 0;
  const done = [];
  const connections = Array.from({ length: Math.ceil(subscribers / 100) }, () =>
    createClient({ url: server.app.urls.graphql.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 }),
  );
  for (let count = 0; count < subscribers; count += 1) {
    let seen = 0;
    done.push(
      new Promise((resolve, reject) => {
        connections[count % connections.length].subscribe(
          { query: 'subscription { changes(projectKey: "bench", afterPosition: 1) { id type commit { position } } }' },
          {
            next: () => {
              delivered += 1;
              seen += 1;
              if (seen === changes) resolve();
            },
            error: reject,
            complete: () => undefined,
          },
        );
      }),
    );
  }
  const begun = performance.now();
  await clients(16, changes, (count) =>
    server.ask(CREATE, { input: { projectKey: 'bench', name: `p ${count}`, type: 'HTTP', host: 'h', port: 1 } }),
  );
  const written = (performance.now() - begun) / 1000;
  await Promise.all(done);
  const seconds = (performance.now() - begun) / 1000;
  const megabytes = Math.round((memoryInUse() - before) / 1e6);
  row(
    `${subscribers} subscribers, 16 writers, clients in this process`,
    `${perSecond(delivered, seconds)} delivered`,
    `${perSecond(changes, written)} written`,
    `${megabytes} MB more`,
    '',
  );
  await Promise.all(connections.map((client) => client.dispose()));
  await server.ask.close();
  await server.close();
  await remove();
}
