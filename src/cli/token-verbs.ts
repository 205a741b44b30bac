import { type Command, InvalidArgumentError } from 'commander';
import { ROLES, type Role } from '../access/roles.ts';
import { DEFAULT_DAYS, MOST_DAYS } from '../access/tokens.ts';
import type { TokenOrder } from '../identity/issue-token.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';

interface IssueOptions {
  readonly name: string;
  readonly admin?: true;
  readonly project?: string;
  readonly role?: Role;
  readonly expires?: number;
}

/** Adds `token` and what is below it. */
export function addTokenVerbs(program: Command, issue: (wanted: Omit<TokenOrder, 'user'>) => Promise<void>): void {
  const token = program
    .command('token')
    .description('Look after API tokens.')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', EXIT_CODES_HELP);
  token
    .command('issue')
    .description('Issue a token and print its text, this once; beside a server too.')
    .requiredOption('--name <name>', 'what it is for')
    .option('--admin', 'an administrator of the instance')
    .option('--project <key>', 'a project, together with --role')
    .option('--role <role>', `what it may do in the project: ${ROLES.join(', ')}`, readRole)
    .option('--expires <days>', `days until it expires, at most ${MOST_DAYS} (default: ${DEFAULT_DAYS})`, readDays)
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', () => `${ISSUE_HELP}${EXIT_CODES_HELP}`)
    .action((options: IssueOptions, command: Command) => issue(readOptions(options, command)));
}

const ISSUE_HELP = `
It reads the variables of serve: DATA_DIR or MONGODB_URL. With MONGODB_URL it writes to the database, as a server would;
else a server that runs on DATA_DIR does the work. An administrator's token can be issued before the first start.
`;

function readOptions({ name, admin, project, role, expires }: IssueOptions, command: Command) {
  if (admin && (project !== undefined || role !== undefined)) {
    return command.error('error: --admin stands for itself: an administrator has neither --project nor --role');
  }
  if (!admin && project === undefined) return command.error('error: give --admin, or --project and --role');
  if (!admin && role === undefined) return command.error(`error: give --role, one of ${ROLES.join(', ')}`);
  return {
    name,
    ...(project !== undefined && role !== undefined && { project: { key: project, role } }),
    ...(expires !== undefined && { days: expires }),
  };
}

function readRole(text: string): Role {
  const role = ROLES.find((each) => each === text.toUpperCase());
  if (!role) throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`);
  return role;
}

function readDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_DAYS}.`);
}
