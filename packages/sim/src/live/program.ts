import type { Draw } from '@changeover/tester';
import type { Manifest, WriteKind } from 'changeover/table';
import { drawPlan, type Plan } from './plan.ts';

/** Which version a write expects, of those that its client, or anybody, has ever been given for the row. */
export type Expectation = 'any' | 'wrong' | 'last known' | 'earlier';

export interface PlannedWrite {
  readonly kind: WriteKind;
  readonly rowKey: string;
  /** None for an unconditional delete, and for writes that take no condition. */
  readonly expects: Expectation | undefined;
  readonly flag: boolean;
}

export type PlannedCall =
  | { readonly type: 'batch'; readonly partitionKey: string; readonly writes: readonly PlannedWrite[] }
  | { readonly type: 'get'; readonly partitionKey: string; readonly rowKey: string }
  | { readonly type: 'query'; readonly partitionKey: string; readonly flag: boolean | undefined }
  | { readonly type: 'scan'; readonly limit: number; readonly flag: boolean | undefined };

export interface PlannedClient {
  readonly calls: readonly PlannedCall[];
  /** For each call, how many steps of the plan must be done before it begins: so that no part of it goes without calls. */
  readonly from: readonly number[];
  /** Which of its fenced batches arrives after it has given up; −1 for none. */
  readonly late: number;
}

export interface Program {
  readonly partitions: readonly string[];
  readonly rowKeys: readonly string[];
  readonly initial: readonly {
    readonly partitionKey: string;
    readonly rowKey: string;
    readonly flag: boolean;
  }[];
  readonly clients: readonly PlannedClient[];
  readonly plan: Plan;
  /** Whether operations carry ids, and look for what became of them when a reply is lost. */
  readonly ids: boolean;
  /**
   * Whether the stores can do what databases can: check fences without writing them, answer whole, and delete together with
   * others what may be absent.
   */
  readonly capable: boolean;
}

/** What most calls of a client are: half of them, or all those that write. */
type Habit = 'anything' | 'queries' | 'scans' | 'writes' | 'overwrites' | 'inserts' | 'deletes';

/** How large the programs are. What is rare needs more calls on fewer rows: still random, and still of any order. */
export interface Size {
  readonly clients: readonly [number, number];
  readonly calls: readonly [number, number];
  readonly partitions: readonly [number, number];
  readonly rows: readonly [number, number];
  /** How likely a client's request arrives after its caller has given up; 0 if not given. */
  readonly late?: number;
  /** Which of a client's requests may be the one: any of the first so many; 3 if not given. */
  readonly lateWithin?: number;
  /** How much of the plan is done before clients begin; 0 if not given. */
  readonly begins?: number;
  /** How likely a row is there before anything begins; ½ if not given. */
  readonly initial?: number;
  /** Whether operations carry ids, if that is not to be drawn. */
  readonly ids?: boolean;
  /** What the clients mostly do: one after the other, and then again. */
  readonly habits?: readonly Habit[];
  /** What the stores can do, where that matters. */
  readonly stores?: Partial<Manifest>;
  readonly plans?: (draw: Draw, partitions: readonly string[]) => Plan;
}

/** The keys on both sides of where our own rows lie in a partition. */
const ROW_KEYS = ['A', 'b', 'c', 'd'];
const KINDS: readonly WriteKind[] = ['insert', 'replace', 'merge', 'delete', 'upsertReplace', 'upsertMerge'];
const WRITTEN: Partial<Record<Habit, readonly WriteKind[]>> = {
  overwrites: ['upsertReplace', 'upsertReplace', 'delete'],
  inserts: ['insert'],
  deletes: ['delete'],
};

export function drawProgram(draw: Draw, size: Size): Program {
  const partitions = ['p', 'q'].slice(0, between(draw, size.partitions));
  const rowKeys = ROW_KEYS.slice(0, between(draw, size.rows));
  const initial = partitions.flatMap((partitionKey) =>
    rowKeys.flatMap((rowKey) =>
      draw.chance(size.initial ?? 0.5) ? [{ partitionKey, rowKey, flag: draw.boolean() }] : [],
    ),
  );
  const plan = (size.plans ?? drawPlan)(draw, partitions);
  const { habits = ['anything'] } = size;
  const steps = plan.steps.length;
  const earliest = Math.floor(steps * (size.begins ?? 0));
  const clients = draw.list(...size.clients, (number) => {
    const habit = habits[number % habits.length] as Habit;
    const calls = draw.list(...size.calls, () => drawCall(draw, partitions, rowKeys, habit));
    const from = calls.map((_, index) =>
      index === 0 || draw.boolean() ? earliest + draw.int(steps - earliest) : 0,
    );
    return { calls, from, late: size.late && draw.chance(size.late) ? draw.int(size.lateWithin ?? 3) : -1 };
  });
  const ids = draw.boolean() || size.ids === true;
  const capable = draw.boolean();
  return {
    partitions,
    rowKeys,
    initial,
    clients: capable ? clients : clients.map(presupposing),
    plan,
    ids,
    capable,
  };
}

/** The client of stores that delete what may be absent only alone. */
function presupposing({ calls, ...client }: PlannedClient): PlannedClient {
  const there = (write: PlannedWrite): PlannedWrite =>
    write.kind === 'delete' ? { ...write, expects: write.expects ?? 'any' } : write;
  return {
    ...client,
    calls: calls.map((call) =>
      call.type === 'batch' && call.writes.length > 1 ? { ...call, writes: call.writes.map(there) } : call,
    ),
  };
}

function drawCall(
  draw: Draw,
  partitions: readonly string[],
  rowKeys: readonly string[],
  habit: Habit,
): PlannedCall {
  const partitionKey = draw.pick(partitions);
  const drawn = draw.int(habit === 'anything' ? 10 : 20);
  const which = drawn < 10 ? drawn : USUALLY[habit];
  if (which < 6) return { type: 'batch', partitionKey, writes: drawWrites(draw, rowKeys, habit) };
  if (which === 6) return { type: 'get', partitionKey, rowKey: draw.pick(rowKeys) };
  const flag = draw.pick(habit === 'queries' ? [true, true, false, undefined] : [undefined, true, false]);
  if (which < 9) return { type: 'query', partitionKey, flag };
  return { type: 'scan', limit: 1 + draw.int(3), flag };
}

/** Which of ten draws a habit makes more frequent. */
const USUALLY: Readonly<Record<Habit, number>> = {
  anything: 0,
  queries: 7,
  scans: 9,
  writes: 0,
  overwrites: 0,
  inserts: 0,
  deletes: 0,
};

function drawWrites(draw: Draw, rowKeys: readonly string[], habit: Habit): readonly PlannedWrite[] {
  const first = draw.int(rowKeys.length);
  const count = rowKeys.length > 1 && draw.chance(habit === 'overwrites' ? 0.6 : 0.3) ? 2 : 1;
  return Array.from({ length: count }, (_, index) =>
    drawWrite(draw, rowKeys[(first + index) % rowKeys.length] as string, habit),
  );
}

function drawWrite(draw: Draw, rowKey: string, habit: Habit): PlannedWrite {
  const kind = draw.pick(WRITTEN[habit] ?? KINDS);
  const conditional = kind === 'replace' || kind === 'merge' || (kind === 'delete' && draw.boolean());
  const expects = conditional
    ? draw.pick<Expectation>(['any', 'last known', 'last known', 'earlier', 'wrong'])
    : undefined;
  return { kind, rowKey, expects, flag: draw.chance(habit === 'overwrites' ? 0.8 : 0.5) };
}

function between(draw: Draw, [min, max]: readonly [number, number]): number {
  return min + draw.int(max - min + 1);
}
