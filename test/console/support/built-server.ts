import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Child, type Ended, runNode } from '../../cli/child.ts';
import { scratchDirectory } from '../../support/programs.ts';

/** The server as it is built, with the console, in a process of its own and an empty data directory. */
export class BuiltServer {
  private constructor(
    private readonly child: Child,
    private readonly scratch: string,
    /** Without a slash at its end. */
    readonly origin: string,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<BuiltServer> {
    const built = await runNode(['scripts/build.mjs']).ended;
    if (built.code !== 0) throw new Error(built.err);
    return BuiltServer.serve(scratchDirectory(), { PORT: '0', ...env });
  }

  private static async serve(scratch: string, env: Record<string, string>): Promise<BuiltServer> {
    const settings = { DATA_DIR: path.join(scratch, 'data'), EGRESS_ALLOW: '127.0.0.0/8', ...env };
    const child = runNode(['dist/main.js', 'serve'], settings);
    const [, origin = ''] = await child.says(/GraphQL API at (http\S+)\/graphql/);
    return new BuiltServer(child, scratch, origin);
  }

  /** Asks the API as somebody else than the page. */
  async ask(query: string, variables: object = {}, actor = 'Grace'): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-actor': actor },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data?: Record<string, unknown>; errors?: unknown };
    if (!data || errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Ends it, does something, and starts it again at the same place with the same data. */
  async restart(meanwhile: () => Promise<void>, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<BuiltServer> {
    await this.end(signal);
    await meanwhile();
    return BuiltServer.serve(this.scratch, { PORT: new URL(this.origin).port });
  }

  /** Ends it, and answers all that it has logged and stored. */
  async everythingKept(): Promise<Buffer> {
    const { out, err } = await this.end();
    const folder = path.join(this.scratch, 'data');
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name))));
    return Buffer.concat([Buffer.from(out + err), ...files]);
  }

  private end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.child.signal(signal);
    return this.child.ended;
  }

  async close(): Promise<void> {
    await this.end();
    await rm(this.scratch, { recursive: true, force: true });
  }
}
