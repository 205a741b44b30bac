// The smallest question there is, against a bare fastify that answers the same bytes.
import { rateCells, rates } from './rates.mjs';
import { Stage } from './stage.mjs';

const QUERY = '{ viewer { actor { name } isAdministrator } }';

export async function measure({ quick, row }) {
  await Stage.run(async (stage) => {
    const server = await stage.serve();
    const text = JSON.stringify({ data: await server.as()(QUERY) });
    const bare = await stage.baseline('fastify.mjs');
    const asked = { bodies: [{ query: QUERY }], wants: text };
    const { fastify, ours } = await rates(
      {
        fastify: await stage.clients(16, { ...asked, url: await bare.call('answerWith', text) }),
        ours: await stage.clients(16, { ...asked, url: server.url }),
      },
      { quick },
    );
    row('viewer, 16 clients', ...rateCells(ours, fastify, 'bare fastify, the same bytes', '>= 0.6'));
  });
}
