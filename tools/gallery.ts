/**
 * Writes docs/gallery: what the tester finds in each mutant of the two protocols. `npm run docs:gallery [-- NAME…]`.
 *
 * It goes on where it was left: a mutant whose token still fails in the same way is not searched again, unless it is named.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MUTANTS, mutantScenario } from '@changeover/sim/live';
import { BUGS, migration, mutantOf } from '@changeover/sim/original';
import { explore, type Report, replay, type Scenario } from '@changeover/tester';
import { type Entries, type Entry, entryOf, galleryText } from './gallery-text.ts';

const FOLDER = fileURLToPath(new URL('../docs/gallery/', import.meta.url));
const ENTRIES = join(FOLDER, 'gallery.json');
const SEEDS = [1, 2, 3];
/** Seconds of a mutant, for all seeds. */
const MOST = 60;
/** Of these there are pages. */
const PAGES = ['OwnerWins', 'AckAtOnce', 'CloseKeepsFence', 'QueryStreamedLock'];

interface Subject {
  readonly name: string;
  readonly broken: string;
  search(seed: number, seconds: number): Promise<Report>;
  replay(token: string): Promise<Report>;
}

function subject<World, Program>(
  { name, broken }: Pick<Subject, 'name' | 'broken'>,
  scenarioOf: () => Promise<Scenario<World, Program>>,
): Subject {
  const limits = { maxSteps: 2000 };
  return {
    name,
    broken,
    search: async (seed, seconds) =>
      explore(await scenarioOf(), { ...limits, strategy: 'mix', seed, seconds }),
    replay: async (token) => (await replay(await scenarioOf(), token, { ...limits, cause: false })).report,
  };
}

const SUBJECTS: readonly Subject[] = [
  ...MUTANTS.map((mutant) => subject(mutant, () => mutantScenario(mutant))),
  ...BUGS.map((bug) => subject(bug, async () => migration(await mutantOf(bug)))),
];

async function found({ name, broken, search }: Subject): Promise<Entry | undefined> {
  const began = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  for (const [at, seed] of SEEDS.entries()) {
    const report = await search(seed, Math.max(1, (MOST - used()) / (SEEDS.length - at)));
    const entry = entryOf(broken, report);
    if (!entry) continue;
    if (PAGES.includes(name)) await writePage(name, report);
    return entry;
  }
  return undefined;
}

async function stillFails({ replay: again }: Subject, entry: Entry): Promise<boolean> {
  const report = await again(entry.token).catch(() => undefined);
  return report?.found?.failure.message.split('\n', 1)[0] === entry.sentence;
}

/** The page of what was found, and a picture of it if there is a browser. */
async function writePage(name: string, report: Report): Promise<void> {
  const page = join(FOLDER, `${name}.html`);
  await writeFile(page, report.toHtml());
  const browser = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((each) => join(folder, each)))
    .find((file) => existsSync(file));
  if (!browser) return;
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--window-size=1400,900'];
  await promisify(execFile)(browser, [
    ...options,
    `--screenshot=${join(FOLDER, `${name}.png`)}`,
    `file://${page}`,
  ]);
}

await mkdir(FOLDER, { recursive: true });
const entries: Record<string, Entry> = existsSync(ENTRIES)
  ? (JSON.parse(await readFile(ENTRIES, 'utf8')) as Entries)
  : {};
const wanted = process.argv.slice(2);
for (const each of SUBJECTS) {
  const { name } = each;
  const known = entries[name];
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (wanted.length === 0 && known && (await stillFails(each, known))) continue;
  const entry = await found(each);
  if (entry) entries[name] = entry;
  else delete entries[name];
  console.log(`${name}: ${entry ? entry.sentence.slice(0, 100) : 'not found'}`);
  const inOrder = SUBJECTS.flatMap(({ name: key }) => (entries[key] ? [[key, entries[key]] as const] : []));
  await writeFile(ENTRIES, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`);
  const files = PAGES.filter((page) => existsSync(join(FOLDER, `${page}.html`)));
  const pictures = PAGES.filter((page) => existsSync(join(FOLDER, `${page}.png`)));
  await writeFile(join(FOLDER, 'README.md'), galleryText(inOrder, SUBJECTS.length, files, pictures));
}
