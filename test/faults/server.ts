import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own, which can be killed. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(env: Readonly<Record<string, string>>): Promise<Server> {
    const child = spawn(process.execPath, ['dist/main.js', 'serve'], {
      env: { PATH: process.env.PATH ?? '', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, url] = /GraphQL API at (\S+),/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new Server(child, url);
    }
    throw new Error('the server ended before it listened');
  }

  async ask(
    query: string,
    variables: object,
  ): Promise<{ data?: Record<string, Record<string, unknown>>; errors?: unknown[] }> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data?: Record<string, Record<string, unknown>> };
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}
