import { Readable } from 'node:stream';
import { type Clock, type Random, seededRandom, VirtualClock } from 'changeover/std';
import { invocationOf } from '../../src/invocation.ts';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';
import { CapturedOutput } from './captured-output.ts';

export interface CapturedRun {
  readonly exit: number;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
}

export interface World {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What a person types at a terminal; without it there is no terminal. */
  readonly typed?: string;
  readonly signal?: AbortSignal;
  /** One that stands still unless told. */
  readonly clock?: Clock;
  /** The same numbers in every run unless told. */
  readonly random?: Random;
}

/** Runs the command in this process, with a world of its own. */
export async function capturedRun(argv: readonly string[], world: World = {}): Promise<CapturedRun> {
  const { typed, cwd = '/nowhere', env = {}, signal = new AbortController().signal } = world;
  const { clock = new VirtualClock(), random = seededRandom(1) } = world;
  const stdout = new CapturedOutput();
  const stderr = new CapturedOutput(typed !== undefined);
  const stdin = Object.assign(Readable.from(typed === undefined ? [] : [typed]), {
    isTTY: typed !== undefined,
  });
  const io: Io = {
    stdout,
    stderr,
    stdin,
    env,
    cwd,
    signal,
    clock,
    random,
  };
  return { exit: await run(argv, invocationOf(argv, io)), stdout, stderr };
}
