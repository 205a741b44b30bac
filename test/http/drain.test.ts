import { Agent } from 'node:http';
import { connect } from 'node:net';
import { gate, json, send, startServer, type TestServer, until } from './support.ts';

/** A server one of whose requests is under way until it is told to finish. */
async function busyServer(drainMs?: number) {
  const arrived = gate();
  const finish = gate();
  const server = await startServer({
    ...(drainMs === undefined ? {} : { drainMs }),
    graphql: async (app) => {
      app.get('/graphql', async () => {
        arrived.open();
        await finish.passed;
        return { data: 'whole' };
      });
    },
  });
  return { server, arrived: arrived.passed, finish: finish.open };
}

async function isRefused({ origin }: TestServer): Promise<boolean> {
  try {
    await send(origin, { path: '/health/live' });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
}

describe('a server that closes', () => {
  test('finishes the request under way, on a kept-alive connection, and takes no new one', async () => {
    const { server, arrived, finish } = await busyServer();
    const agent = new Agent({ keepAlive: true });
    await server.send({ path: '/health/live', agent });
    const answer = server.send({ path: '/graphql', agent });
    await arrived;
    const closed = server.server.close();
    await until(() => isRefused(server));
    finish();
    expect(json(await answer)).toEqual({ data: 'whole' });
    expect((await answer).headers.connection).toBe('close');
    await closed;
    agent.destroy();
  });

  test('does not wait for idle connections', async () => {
    const server = await startServer();
    const agent = new Agent({ keepAlive: true });
    await server.send({ path: '/health/live', agent });
    await server.server.close();
    agent.destroy();
    expect(await isRefused(server)).toBe(true);
  });

  test('cuts off what does not end within its time', async () => {
    const { server, arrived } = await busyServer(30);
    const answer = server.send({ path: '/graphql' });
    const failed = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await arrived;
    await server.server.close();
    await failed;
  });

  test('cuts off a request that never comes in whole', async () => {
    const server = await startServer({ drainMs: 30 });
    const socket = connect(server.port, '127.0.0.1');
    const gone = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    await server.send({ path: '/health/live' });
    await server.server.close();
    await gone;
  });

  test('may be told so twice', async () => {
    const server = await startServer();
    await Promise.all([server.server.close(), server.server.close()]);
    await server.server.close();
    expect(await isRefused(server)).toBe(true);
  });

  test('need not have listened', async () => {
    const server = await startServer();
    await server.server.close();
    await expect(server.server.listen()).rejects.toThrow();
  });
});
