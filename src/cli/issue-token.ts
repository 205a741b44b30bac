import { userInfo } from 'node:os';
import { type Config, readConfig } from '../config/config.ts';
import { askControlServer, ControlSocketError } from '../control/control-client.ts';
import { expectedFault } from '../control/expected-faults.ts';
import { controlSocketPath } from '../control/socket-path.ts';
import { ISSUE_TOKEN_VERB, readIssuedToken } from '../control/token-verb.ts';
import type { TokenOrder } from '../identity/issue-token.ts';
import { withoutControls } from '../words/text.ts';
import { EXIT, EXIT_OF_FAULT, type ExitCode } from './exit-codes.ts';
import { type Output, tellConfigFaults } from './output.ts';

export interface IssueTokenContext extends Output {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the store that no server of this data directory holds, and issues the token there. Answers its text. */
  readonly issueStoredToken: (config: Config, order: TokenOrder) => Promise<string>;
}

/**
 * Issues a token, and prints its text alone. On the embedded store by the server that holds it, if one runs; on MongoDB
 * directly, beside the servers.
 */
export async function issueToken(
  { env, out, err, issueStoredToken }: IssueTokenContext,
  wanted: Omit<TokenOrder, 'user'>,
): Promise<ExitCode> {
  const read = readConfig(env);
  if (!read.ok) return tellConfigFaults(read.faults, err);
  const { config } = read;
  const order = { ...wanted, user: userName() };
  try {
    const answer = config.mongodbUrl === undefined ? await askServer(config, order) : undefined;
    if (answer && !answer.ok) {
      err(`proxy-ledger: ${answer.message}\n`);
      return EXIT_OF_FAULT[answer.fault];
    }
    out(`${answer ? readIssuedToken(answer.value) : await issueStoredToken(config, order)}\n`);
    return EXIT.ok;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fault = error instanceof ControlSocketError ? 'failure' : expectedFault(error);
    err(`proxy-ledger: ${fault === undefined ? `the token could not be issued: ${message}` : message}\n`);
    return EXIT_OF_FAULT[fault ?? 'failure'];
  }
}

/** Undefined when no server of the data directory listens. */
async function askServer({ dataDir }: Config, order: TokenOrder) {
  const path = controlSocketPath(dataDir);
  return path === undefined ? undefined : askControlServer(path, { verb: ISSUE_TOKEN_VERB, input: order });
}

/** A container's user need not have a name. */
function userName(): string {
  try {
    return withoutControls(userInfo().username) || 'unknown';
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
