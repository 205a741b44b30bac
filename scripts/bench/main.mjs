// Measures the product against baselines of the same run, and prints a table. Ratios count; absolute times do not.
import 'reflect-metadata';

const groups = {
  viewer: () => import('./viewer.mjs'),
  lists: () => import('./lists.mjs'),
  mutations: () => import('./mutations.mjs'),
  ledger: () => import('./ledger.mjs'),
  mongo: () => import('./mongo.mjs'),
  callDataSource: () => import('./call-data-source.mjs'),
  calls: () => import('./calls.mjs'),
  probe: () => import('./probe.mjs'),
  probes: () => import('./probes.mjs'),
  replay: () => import('./replay.mjs'),
  memory: () => import('./memory.mjs'),
  past: () => import('./past.mjs'),
  growth: () => import('./growth.mjs'),
  rights: () => import('./rights.mjs'),
  foreign: () => import('./foreign.mjs'),
  subscribers: () => import('./subscribers.mjs'),
  console: () => import('./console.mjs'),
};

const USAGE = `Usage: npm run -s bench -- [--quick] [--only NAME]

  --quick      small sizes, for a look that it works
  --only NAME  one of ${Object.keys(groups).join(', ')}
`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const quick = args.includes('--quick');
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;

if (only !== undefined && !Object.hasOwn(groups, only)) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const rows = [['figure', 'ours', 'baseline', 'ratio', 'goal', 'spread']];
for (const [name, load] of Object.entries(groups)) {
  if (only !== undefined && only !== name) continue;
  const { measure } = await load();
  try {
    await measure({ quick, row: (...cells) => rows.push(cells.map(String)) });
  } catch (error) {
    // What the others measured is told all the same.
    process.stderr.write(`${name}: ${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}
const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
const line = (cells) => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |\n`;
process.stdout.write(line(rows[0]));
process.stdout.write(line(widths.map((width) => '-'.repeat(width))));
for (const cells of rows.slice(1)) process.stdout.write(line(cells));
process.exit();
