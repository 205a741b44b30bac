// What a black-box measurement needs: servers, baselines and the load, each a process of its own, all ended together.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { clients } from './measure.mjs';
import { start } from './processes.mjs';
import { serve } from './serve.mjs';
import { scratch } from './server.mjs';

/** As images of containers have it: libraries that the product and its baselines have in common heed it. */
const PRODUCTION = { NODE_ENV: 'production' };

export class Stage {
  #closing = [];
  #load;
  #env;

  constructor(directory, load, env) {
    this.directory = directory;
    this.#load = load;
    this.#env = env;
  }

  /** Runs the work on a stage of its own, whose servers and baselines have the same in their environment. */
  static async run(work, env = PRODUCTION) {
    const { directory, remove } = await scratch();
    const load = await start('load.mjs', [], pathAnd(PRODUCTION));
    const stage = new Stage(directory, load, env);
    try {
      await work(stage);
    } finally {
      for (const close of stage.#closing.reverse()) await close();
      await load.close();
      await remove();
    }
  }

  /** The built server, with a directory of its own. */
  async serve(env = {}, name = 'data') {
    const directory = path.join(this.directory, name);
    await mkdir(directory, { recursive: true });
    const server = await serve(directory, { ...this.#env, ...env });
    this.#closing.push(server.close);
    return { ...server, directory };
  }

  /** What answers the calls of a script: see `start` in processes.mjs. */
  async baseline(script, ...args) {
    const baseline = await start(`baselines/${script}`, args, pathAnd(this.#env));
    this.#closing.push(baseline.close);
    return baseline;
  }

  /** Closed with the stage. */
  closes(close) {
    this.#closing.push(close);
  }

  /** So many clients that ask the bodies in turn; see load.mjs. For `rates`. */
  async clients(count, { bodies, ...asked }) {
    const texts = bodies.map((body) => JSON.stringify(body));
    const beside = asked.beside && { ...asked.beside, body: JSON.stringify(asked.beside.body) };
    const plan = await this.#load.call('plan', { ...asked, bodies: texts, beside });
    return (seconds) => this.#load.call('run', { plan, clients: count, seconds });
  }
}

const CREATE_PROJECT =
  'mutation($key: String!) { createProject(input: { key: $key, name: $key, environments: ["dev"] }) { userErrors { code } } }';
const CREATE =
  'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { userErrors { code } } }';
const PAGE =
  'query($key: String!, $after: String) { project(key: $key) { proxyConnections(first: 100, after: $after) { edges { cursor node { resourceId } } pageInfo { hasNextPage endCursor } } } }';

/** Makes a project of so many proxies: every second one is HTTPS, and every tenth has an odd name. */
export async function fill(ask, key, count) {
  await wanted(ask(CREATE_PROJECT, { key }));
  await clients(32, count, async (number) => {
    const name = `${number % 10 === 0 ? 'Odd' : 'Proxy'} ${String(number).padStart(6, '0')}`;
    const description = 'Routes traffic through a gateway';
    const type = number % 2 === 0 ? 'HTTP' : 'HTTPS';
    await wanted(ask(CREATE, { input: { projectKey: key, name, description, type, host: 'h0', port: 8080 } }));
  });
}

/** Fails when the user is told of an error. */
export async function wanted(answering) {
  const answer = await answering;
  const [{ userErrors }] = Object.values(answer);
  if (userErrors.length > 0) throw new Error(JSON.stringify(answer));
  return answer;
}

/** The cursors and ids of a list, with arguments beside `first` and `after` if there are any. */
export async function edgesOf(ask, key, args = '', ofProject = '') {
  const query = PAGE.replace('after: $after', `after: $after ${args}`).replace('key: $key', `key: $key ${ofProject}`);
  const edges = [];
  for (let after = null, more = true; more; ) {
    const { pageInfo, edges: found } = (await ask(query, { key, after })).project.proxyConnections;
    edges.push(...found);
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  return edges.map(({ cursor, node }) => ({ cursor, id: node.resourceId }));
}

function pathAnd(env) {
  return { PATH: process.env.PATH, ...env };
}

/** Against a library that heeds NODE_ENV, both are measured: what the environment has, and its name. */
export const ENVIRONMENTS = [
  [PRODUCTION, 'NODE_ENV=production'],
  [{}, 'without NODE_ENV'],
];
