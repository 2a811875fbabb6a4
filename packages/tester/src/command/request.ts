import { parseArgs } from 'node:util';

export const HELP = `changeover-tester explore FILE[#EXPORT]   samples schedules of the scenarios that the file exports
changeover-tester prove FILE[#EXPORT]     tries every schedule
changeover-tester replay FILE[#EXPORT] TOKEN   runs one schedule again

  --seconds N        for all scenarios together
  --schedules N      for each scenario
  --seed N           of explore; 1 if not given
  --strategy S       of explore, such as portfolio; pos if not given
  --saturation X     of explore: ends when a smaller part than this shows a new trace
  --keep-going       of explore: counts what fails by defect, rather than end with the first
  --coverage         of explore: counts which steps came before which
  --order preemptions   of prove: the fewest preemptions first
  --preemptions N    of prove: at most so many
  --workers N        threads
  --import MODULE    imported before the file, such as a loader for TypeScript; may be given more than once
  --corpus DIR       failing schedules: run first, and added to
  --pages DIR        pages for a browser of what fails
  --debug            of replay: halts in a debugger at the steps that race
  --junit FILE       writes the results for CI
  --summary FILE     writes the results as Markdown; $GITHUB_STEP_SUMMARY if that is set
  --json             prints the results as JSON
  --help

Ends with 0 if all passed, 1 if a schedule failed, 2 if it was called wrongly, cannot write, or had no time for a scenario.`;

const OPTIONS = {
  seconds: { type: 'string' },
  schedules: { type: 'string' },
  seed: { type: 'string' },
  strategy: { type: 'string' },
  saturation: { type: 'string' },
  'keep-going': { type: 'boolean' },
  coverage: { type: 'boolean' },
  order: { type: 'string' },
  preemptions: { type: 'string' },
  workers: { type: 'string' },
  import: { type: 'string', multiple: true },
  corpus: { type: 'string' },
  pages: { type: 'string' },
  debug: { type: 'boolean' },
  junit: { type: 'string' },
  summary: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const COMMANDS = ['explore', 'prove', 'replay'] as const;
type Command = (typeof COMMANDS)[number];

const SEARCHING = ['seconds', 'schedules', 'workers', 'corpus'] as const;

/** What only some commands take. */
const TAKEN: Readonly<Record<Command, readonly string[]>> = {
  explore: [...SEARCHING, 'seed', 'strategy', 'saturation', 'keep-going', 'coverage'],
  prove: [...SEARCHING, 'order', 'preemptions'],
  replay: ['debug'],
};

/** What the command line asks for. */
export interface Request {
  readonly command: Command;
  readonly file: string;
  /** What of the file; all that is a scenario if not given. */
  readonly export: string | undefined;
  readonly token: string | undefined;
  readonly numbers: Readonly<Partial<Record<(typeof NUMBERS)[number], number>>>;
  readonly values: ReturnType<typeof parsed>['values'];
}

const NUMBERS = ['seconds', 'schedules', 'seed', 'saturation', 'preemptions', 'workers'] as const;
const FRACTIONS: readonly string[] = ['seconds', 'saturation'];

/** @throws a UsageError */
export function requestOf(args: readonly string[]): Request | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [command, place, token, ...more] = positionals;
  const known = COMMANDS.find((each) => each === command);
  if (!known) throw new UsageError(command === undefined ? 'what is to be done?' : `there is no ${command}`);
  if (place === undefined) throw new UsageError(`${known} needs a file`);
  if ((known === 'replay') !== (token !== undefined) || more.length > 0) {
    throw new UsageError(known === 'replay' ? 'replay needs a file and a token' : `${known} takes one file`);
  }
  const others = Object.values(TAKEN)
    .flat()
    .filter((name) => !TAKEN[known].includes(name));
  const alien = others.find((name) => Object.hasOwn(values, name));
  if (alien !== undefined) throw new UsageError(`${known} takes no --${alien}`);
  if (values.order !== undefined && values.order !== 'preemptions') {
    throw new UsageError(`there is no order ${values.order}`);
  }
  const numbers = Object.fromEntries(NUMBERS.flatMap((name) => numberOf(name, values[name])));
  const [file, name] = place.split(/#(?=[^#/\\]*$)/);
  return { command: known, file: file as string, export: name, token, numbers, values };
}

/** The command line is wrong. */
export class UsageError extends Error {}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function numberOf(name: string, text: string | undefined): [string, number][] {
  if (text === undefined) return [];
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--${name} takes a number, and not "${text}"`);
  }
  if (!FRACTIONS.includes(name) && !Number.isInteger(value)) {
    throw new UsageError(`--${name} takes a whole number, and not "${text}"`);
  }
  if (name === 'workers' && value === 0) throw new UsageError('--workers takes 1 or more');
  return [[name, value]];
}
