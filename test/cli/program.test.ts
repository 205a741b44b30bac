import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { CONFIG_VARIABLES } from '../../src/config/variables.ts';

async function run(args: string[], serve: () => Promise<ExitCode> = async () => EXIT.ok) {
  const printed = { out: '', err: '' };
  let served = 0;
  let rewrapped = 0;
  const issued: object[] = [];
  const exitCode = await runProgram(
    args,
    {
      serve: () => {
        served += 1;
        return serve();
      },
      rewrap: async () => {
        rewrapped += 1;
        return EXIT.store;
      },
      issueToken: async (wanted) => {
        issued.push(wanted);
        return EXIT.store;
      },
    },
    {
      out: (text) => {
        printed.out += text;
      },
      err: (text) => {
        printed.err += text;
      },
    },
  );
  return { exitCode, served, ...(rewrapped > 0 && { rewrapped }), ...(issued.length > 0 && { issued }), ...printed };
}

describe('the command line', () => {
  test.each([EXIT.ok, EXIT.failure, EXIT.usage, EXIT.store])('ends as its verb does: %d', async (code) => {
    expect(await run(['serve'], async () => code)).toEqual({ exitCode: code, served: 1, out: '', err: '' });
  });

  test('has a verb within a verb', async () => {
    expect(await run(['secrets', 'rewrap'])).toEqual({
      exitCode: EXIT.store,
      served: 0,
      rewrapped: 1,
      out: '',
      err: '',
    });
  });

  test('takes what a token is to be', async () => {
    const issue = async (...args: string[]) => (await run(['token', 'issue', '--name', 'ci', ...args])).issued;
    expect(await issue('--admin')).toEqual([{ name: 'ci' }]);
    expect(await issue('--project', 'crm', '--role', 'editor', '--expires', '30')).toEqual([
      { name: 'ci', project: { key: 'crm', role: 'EDITOR' }, days: 30 },
    ]);
  });

  test.each([
    ['--help'],
    ['-h'],
    ['serve', '--help'],
    ['secrets', '--help'],
    ['secrets', 'rewrap', '-h'],
    ['token', '--help'],
    ['token', 'issue', '-h'],
    ['help'],
    ['help', 'serve'],
  ])('tells what it can do, and how it ends: %s %s', async (...args) => {
    const { exitCode, served, out, err } = await run(args);
    expect({ exitCode, served, err }).toEqual({ exitCode: 0, served: 0, err: '' });
    expect(out).toContain('Usage: proxy-ledger');
    for (const code of Object.values(EXIT)) expect(out).toMatch(new RegExp(`^  ${code}  `, 'm'));
  });

  test('names every variable with its default in the help of serve', async () => {
    const { out } = await run(['serve', '--help']);
    for (const { name, defaultsTo } of CONFIG_VARIABLES) {
      expect(out.split('\n').find((line) => line.startsWith(`  ${name} `))).toContain(`(default: ${defaultsTo})`);
    }
  });

  test('tells its version', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test.each([
    [['--nonsense'], "unknown option '--nonsense'"],
    [['serve', '--port', '80'], "unknown option '--port'"],
    [['serve', 'now'], 'too many arguments'],
    [['run'], "unknown command 'run'"],
    [['secrets'], 'Usage: proxy-ledger secrets'],
    [['secrets', 'show'], "unknown command 'show'"],
    [['secrets', 'rewrap', 'now'], 'too many arguments'],
    [['token'], 'Usage: proxy-ledger token'],
    [['token', 'issue'], "required option '--name <name>' not specified"],
    [['token', 'issue', '--name', 'a'], 'give --admin, or --project and --role'],
    [['token', 'issue', '--name', 'a', '--role', 'OWNER'], 'give --admin, or --project and --role'],
    [['token', 'issue', '--name', 'a', '--project', 'crm'], 'give --role, one of VIEWER'],
    [['token', 'issue', '--name', 'a', '--admin', '--role', 'OWNER'], '--admin stands for itself'],
    [['token', 'issue', '--name', 'a', '--admin', '--project', 'crm'], '--admin stands for itself'],
    [['token', 'issue', '--name', 'a', '--project', 'crm', '--role', 'KING'], 'It must be one of VIEWER'],
    [['token', 'issue', '--name', 'a', '--admin', '--expires', '367'], 'a whole number from 1 to 366'],
    [['token', 'issue', '--name', 'a', '--admin', '--expires', '0'], 'a whole number from 1 to 366'],
    [['token', 'issue', '--name', 'a', '--admin', 'now'], 'too many arguments'],
    [[], 'Usage: proxy-ledger'],
  ])('refuses what it does not know: %j', async (args, message) => {
    const { exitCode, served, out, err } = await run(args);
    expect({ exitCode, served, out }).toEqual({ exitCode: EXIT.usage, served: 0, out: '' });
    expect(err).toContain(message);
    expect(err).toContain('--help');
  });

  test('hides no error of its verb', async () => {
    await expect(run(['serve'], () => Promise.reject(new Error('unforeseen')))).rejects.toThrow('unforeseen');
  });
});
