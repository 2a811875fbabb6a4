import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { type Ended, Scene } from '../move/scene.ts';
import { capturedRun } from '../support/captured-run.ts';
import { CONTROL, type Interruption, TARGET } from './interruptions.ts';
import type { Moment } from './moments.ts';
import { mountSmallDisk, unmountSmallDisk } from './small-disk.ts';

const CONTROL_OPTION = ['--control', `sqlite:${CONTROL}`];
const MOVE = ['move', 'sqlite:source.db#t', `sqlite:${TARGET}#t`, ...CONTROL_OPTION, '--json'];
const PACE = ['--threads', '2', '--batch-rows', '500'];
const REPAIR = ['--repair', '--delete-extra', '--yes'];
const START_OVER = ['--recreate', '--yes'];

/** What `sqlite3` in the wrong hands does to a target: rows lost, rows changed, rows that nobody moved. */
const DAMAGE = [
  "delete from t where row_key like '%01'",
  "update t set properties = (select properties from t limit 1) where row_key like '%02' or row_key like '%03'",
  'insert into t (partition_key, row_key, properties, version)' +
    " select partition_key, row_key || '!', properties, version from t where row_key like '%004'",
];

/** Whether the same command cannot go on afterwards, and the move has to start over. */
export function startsOver(moment: Moment, interruption: Interruption): boolean {
  return interruption.forGood === true && !forgetsCopy(moment, interruption);
}

/** A repair needs no job. Without its control store it simply begins anew, under a job that has copied nothing. */
function forgetsCopy({ step }: Moment, { forGood, path }: Interruption): boolean {
  return step === 'repair' && forGood === true && path === CONTROL;
}

/** One interruption at one moment: the scene of a move, the command as a person would give it, and what must hold. */
export class Cell {
  readonly #scene: Scene;
  readonly #moment: Moment;
  readonly #interruption: Interruption;
  readonly #sourceBefore: string;
  readonly #plainOptions: readonly string[];
  /** What the next command has besides the names of both sides. */
  #options: readonly string[];

  private constructor(scene: Scene, moment: Moment, interruption: Interruption, sourceBefore: string) {
    this.#scene = scene;
    this.#moment = moment;
    this.#interruption = interruption;
    this.#sourceBefore = sourceBefore;
    this.#plainOptions = moment.step === 'repair' ? REPAIR : [];
    this.#options = this.#plainOptions;
  }

  static async open(like: Scene, moment: Moment, interruption: Interruption): Promise<Cell> {
    const scene = await Scene.like(like);
    mkdirSync(scene.path('disk'));
    if (interruption.needsSmallDisk) mountSmallDisk(scene.path('disk'));
    return new Cell(scene, moment, interruption, await scene.hash('source.db'));
  }

  /** A repair needs something to repair. */
  async prepare(): Promise<void> {
    if (this.#moment.step !== 'repair') return;
    const moved = await this.#scene.run(...MOVE);
    expect(moved.code, moved.stderr).toBe(0);
    this.#scene.sql(TARGET, ...DAMAGE);
  }

  /** Runs the command into the interruption, and then makes good what that did. */
  async interrupt(): Promise<void> {
    const rowsBefore = this.#rows();
    const ended = await this.#scene.runWith(this.#hook(), ...MOVE, ...PACE, ...this.#options);
    const reached = this.#takeReached(ended);
    expectGoneOn(ended, rowsBefore);
    expectEnding(ended, this.#interruption);
    await this.#interruption.mend(this.#scene.folder);
    if (this.#moment.moment === 'committing' && this.#interruption.undoes) {
      expect(this.#rows(), 'rows of a transaction that never ended').toBeLessThan(reached.rowsInTransaction);
    }
    if (!startsOver(this.#moment, this.#interruption)) return;
    await this.#expectRefusal();
    this.#options = START_OVER;
  }

  /** Runs the command once more, to its end. */
  async finish(): Promise<void> {
    const rowsBefore = this.#rows();
    const ended = await this.#scene.run(...MOVE, ...this.#options);
    expect(ended, ended.stdout).toMatchObject({ code: 0, stderr: '' });
    expectGoneOn(ended, rowsBefore);
  }

  async expectExactlyTheSource(rows: number): Promise<void> {
    expect(this.#scene.compareOutside(TARGET)).toEqual({ source: rows, onlySource: 0, onlyTarget: 0 });
    expect(await this.#scene.hash('source.db'), 'the source').toBe(this.#sourceBefore);
    if (!forgetsCopy(this.#moment, this.#interruption)) await this.#expectFinished();
  }

  async close(): Promise<void> {
    if (this.#interruption.needsSmallDisk) unmountSmallDisk(this.#scene.path('disk'));
    await this.#scene.close();
  }

  /** What cannot go on must say so, and name the way out. */
  async #expectRefusal(): Promise<void> {
    const refused = await this.#scene.run(...MOVE, ...this.#plainOptions);
    expect(refused.code, refused.stderr).toBe(6);
    expect(eventsOf(refused).at(-1)).toMatchObject({
      event: 'failed',
      hint: expect.stringContaining('--recreate'),
    });
  }

  async #expectFinished(): Promise<void> {
    const status = await capturedRun(['status', '--json', ...CONTROL_OPTION], { cwd: this.#scene.folder });
    expect(status.stdout.events).toMatchObject([{ event: 'job', state: 'finished' }, { event: 'done' }]);
  }

  #hook(): URL {
    const { title: _, ...moment } = this.#moment;
    const { act, path = '' } = this.#interruption;
    const hook = new URL('interrupting.js', import.meta.url);
    for (const [name, value] of Object.entries({ ...moment, act, path }))
      hook.searchParams.set(name, String(value));
    return hook;
  }

  /** A cell whose moment never came would prove nothing. */
  #takeReached(ended: Ended): Reached {
    const path = this.#scene.path('reached');
    expect(existsSync(path), `the moment was not reached:\n${ended.stdout}${ended.stderr}`).toBe(true);
    const reached = JSON.parse(readFileSync(path, 'utf8')) as Reached;
    rmSync(path);
    return reached;
  }

  /** How many rows the target has, by SQL; undefined if there is no such table. */
  #rows(): number | undefined {
    const path = this.#scene.path(TARGET);
    if (!existsSync(path)) return undefined;
    const db = new Database(path, { readonly: true });
    try {
      const table = db.prepare("select name from sqlite_schema where name = 't'").get();
      return table ? (db.prepare('select count(*) from t').pluck().get() as number) : undefined;
    } finally {
      db.close();
    }
  }
}

/** What `interrupting.js` leaves behind. */
interface Reached {
  /** Of the target, as the transaction sees it that is open at the moment; 0 if there is none. */
  readonly rowsInTransaction: number;
}

type Event = Readonly<Record<string, unknown>>;

function eventsOf({ stdout }: Ended): readonly Event[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}

/** A copy that is gone on with counts from exactly the rows that are there: no batch without its checkpoint, or the other way round. */
function expectGoneOn(ended: Ended, rowsBefore: number | undefined): void {
  const events = eventsOf(ended);
  const started = events.find(({ event }) => event === 'started');
  const copying = events.find(({ event, step }) => event === 'progress' && step === 'copy');
  if (started?.['resumed'] && copying) expect(copying['rows'], 'rows by the checkpoints').toBe(rowsBefore);
}

function expectEnding(ended: Ended, { ending }: Interruption): void {
  expect(ended.code, ended.stderr).toBe(ending?.exit ?? null);
  if (!ending) return;
  expect(eventsOf(ended).at(-1)).toMatchObject({
    event: 'failed',
    exit: ending.exit,
    code: expect.stringMatching(ending.code),
    hint: expect.stringMatching(ending.hint),
  });
}
