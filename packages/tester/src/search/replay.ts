import { findDrain } from '../engine/drain.ts';
import { drive } from '../engine/drive.ts';
import type { Scenario } from '../engine/scenario.ts';
import { testOf } from './examine.ts';
import { laboratoryFor } from './laboratory.ts';
import type { CommonOptions } from './options.ts';
import { foundAgain, type Replayed, replayToken } from './replay-token.ts';
import { Report } from './report.ts';
import { Statistics } from './statistics.ts';
import { stopsOf } from './stops.ts';
import { decodeToken } from './token.ts';
import { writtenPage } from './written-page.ts';

export interface ReplayOptions
  extends Pick<CommonOptions, 'audit' | 'drain' | 'maxSteps' | 'fairAfter' | 'pages'> {
  /** Whether to look for the cause of a failure, which takes up to a thousand runs. True by default. */
  readonly cause?: boolean;
  /**
   * Runs the schedule once more, and halts in a debugger, if one is attached, just before each step that the cause names. The
   * environment variable `CHANGEOVER_TESTER_DEBUG=1` asks for it if nothing is given.
   */
  readonly debug?: boolean;
}

/**
 * Runs one schedule again, and looks for the cause if it fails. A page of it is written if there is a folder for pages.
 *
 * @throws an Error with the code `TESTER_TOKEN_INVALID` or `TESTER_TOKEN_OF_ANOTHER_TEST`
 */
export async function replay<World, Program>(
  given: Scenario<World, Program>,
  token: string,
  options: ReplayOptions = {},
): Promise<Replayed & { readonly report: Report }> {
  const scenario = given as Scenario<unknown, unknown>;
  const test = testOf(scenario);
  const recipe = decodeToken(test, token);
  const laboratory = laboratoryFor(scenario, options, 0);
  const began = performance.now();
  const { debug = process.env['CHANGEOVER_TESTER_DEBUG'] === '1' } = options;
  const drain = await findDrain(options.drain);
  const run = replayToken(laboratory, recipe, { withCause: debug || (options.cause ?? true) });
  const replayed = await drive(run, drain);
  if (debug && replayed.cause) await drive(laboratory.halting(recipe, stopsOf(replayed.cause)), drain);
  const { failure, trace } = replayed;
  const data = {
    test,
    strategy: 'replay',
    seed: recipe.seed,
    ...new Statistics().seen,
    schedules: 1,
    programs: undefined,
    steps: trace.length,
    longest: trace.length,
    seconds: (performance.now() - began) / 1000,
    ended: failure ? ('failed' as const) : ('schedules' as const),
    arms: undefined,
    complete: false,
    within: undefined,
    corpus: { ran: 0, outdated: [] },
    found: failure && foundAgain(replayed, failure, token),
    defects: undefined,
    coverage: undefined,
    kept: undefined,
  };
  return { ...replayed, report: new Report({ ...data, page: await writtenPage(data, options.pages) }) };
}
