import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CONFIG_VARIABLES } from '../config/variables.ts';
import type { TokenOrder } from '../identity/issue-token.ts';
import { EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { addTokenVerbs } from './token-verbs.ts';

export interface Verbs {
  /** Ends when the server has stopped. */
  readonly serve: () => Promise<ExitCode>;
  readonly rewrap: () => Promise<ExitCode>;
  readonly issueToken: (wanted: Omit<TokenOrder, 'user'>) => Promise<ExitCode>;
}

/** Carries out a command line, without the first two words of `process.argv`. */
export async function runProgram(args: readonly string[], verbs: Verbs, { out, err }: Output): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = new Command('proxy-ledger')
    .description('Proxy connections, event-sourced and tested live, over GraphQL.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .showHelpAfterError('(proxy-ledger --help tells what there is)')
    .addHelpText('after', EXIT_CODES_HELP);
  program
    .command('serve')
    .description('Serve the API until SIGTERM or SIGINT; configured by environment variables alone.')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', () => `${variablesHelp()}${EXIT_CODES_HELP}`)
    .action(async () => {
      exitCode = await verbs.serve();
    });
  const secrets = program
    .command('secrets')
    .description('Look after the stored secrets.')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', EXIT_CODES_HELP);
  secrets
    .command('rewrap')
    .description('Encrypt every secret with the first key, so that the others can be taken away; beside a server too.')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', () => `${REWRAP_HELP}${EXIT_CODES_HELP}`)
    .action(async () => {
      exitCode = await verbs.rewrap();
    });
  addTokenVerbs(program, async (wanted) => {
    exitCode = await verbs.issueToken(wanted);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

const REWRAP_HELP = `
It reads the variables of serve: DATA_DIR or MONGODB_URL, and SECRETS_KEYS. With MONGODB_URL, first put the new key first on
every server; else a server that runs on DATA_DIR does the work, with its own keys. It can be ended and begun again.
`;

function variablesHelp(): string {
  const width = Math.max(...CONFIG_VARIABLES.map(({ name }) => name.length));
  const lines = CONFIG_VARIABLES.map(
    ({ name, meaning, defaultsTo }) => `  ${name.padEnd(width)}  ${meaning} (default: ${defaultsTo})`,
  );
  return `\nEnvironment variables; an empty one counts as not set:\n${lines.join('\n')}\n`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
