/** What docs/guides/find-a-race.md runs, step by step. */
import { explore, prove, replay } from '@changeover/tester';
import { lostUpdate, mendedUpdate } from './lost-update.ts';

export async function find(): Promise<void> {
  // #region find
  (await explore(lostUpdate)).assertPassed();
  // #endregion
}

export async function again(): Promise<string> {
  // #region again
  const { failure, trace, divergence } = await replay(lostUpdate, 'ct1.lmrho.AAAEgAwBAAEABGMzD1g');
  // #endregion
  return [failure?.kind, trace.length, divergence?.message ?? 'as before'].join(', ');
}

export async function pass(): Promise<string> {
  // #region pass
  const report = (await explore(mendedUpdate)).assertPassed();
  // #endregion
  return report.toString();
}

export async function complete(): Promise<string> {
  // #region complete
  const report = (await prove(mendedUpdate)).assertPassed();
  // #endregion
  return report.toString();
}
