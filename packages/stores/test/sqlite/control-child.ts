import { FailureDetector, takeLock } from 'changeover/control';
import { isCode } from 'changeover/std';
import { currentOwner, probeProcess, systemClock, systemRandom } from '../../src/host/index.ts';
import { openSqliteControl, type SqliteControl } from '../../src/sqlite/sqlite-control.ts';

/** What the tests let a process of its own do with a control store: `control-child.ts VERB PATH`, lines on stdout. */
const VERBS: Readonly<Record<string, (control: SqliteControl) => Promise<void>>> = {
  add,
  hold,
  watch,
  write,
};

const [verb, path] = process.argv.slice(2) as [string, string];
const opened = await openSqliteControl({ path, create: true, clock: systemClock, random: systemRandom });
await VERBS[verb]?.(opened);
await opened.close();

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Adds one to a sum a hundred times, as often as need be to win each race. */
async function add(control: SqliteControl): Promise<void> {
  for (let added = 0; added < 100; ) {
    const sum = await control.get('sum');
    try {
      await control.put('sum', Number(sum?.value ?? 0) + 1, sum?.revision);
      added += 1;
    } catch (error) {
      if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
    }
  }
}

/** Takes a lock with a lease of ten minutes, tells of it, and never lets go. */
async function hold(control: SqliteControl): Promise<void> {
  const session = await control.openSession(currentOwner('a test'), 600_000);
  const detector = new FailureDetector({ clock: systemClock, probe: probeProcess });
  const lock = await takeLock({ control, clock: systemClock, detector }, 'lock', session);
  say({ session, epoch: lock.epoch });
  await systemClock.sleep(600_000);
}

/** Tells every value of every document as it changes, until one is `"end"`. */
async function watch(control: SqliteControl): Promise<void> {
  for await (const change of control.watch('', new AbortController().signal)) {
    if (change.kind === 'put') say(change.document.value);
    if (change.kind === 'put' && change.document.value === 'end') return;
  }
}

/** Puts one document after the other, and tells of each once it is acknowledged. */
async function write(control: SqliteControl): Promise<void> {
  for (let count = 0; ; count += 1) {
    const { name, revision } = await control.put(
      `written/${count}`,
      { count, filler: 'x'.repeat(2000) },
      undefined,
    );
    say({ name, revision });
  }
}
