import {
  checkPlaces,
  type Goal,
  type MigrationStatus,
  migrationStatus,
  reach,
  setGoal,
} from 'changeover/coordinator';
import { type Places, refuse } from 'changeover/cutover';
import type { Invocation } from '../invocation.ts';
import type { DrivingOptions } from './driving-options.ts';
import { healthyBy } from './health-check.ts';
import type { LiveWorld } from './live-world.ts';
import { nextText } from './stage-text.ts';
import { retiredText } from './status-text.ts';
import { withLiveView } from './with-live-view.ts';

interface DriveRequest {
  readonly world: LiveWorld;
  readonly places: Places;
  readonly goal: Goal;
}

/** Brings a migration to a goal under the eyes of a view, and says where it stands then. */
export async function driveTo(
  { world, places, goal }: DriveRequest,
  { threads, healthCheck, ...options }: DrivingOptions,
  invocation: Invocation,
): Promise<void> {
  await withLiveView(world, options, invocation, async (view) => {
    // What cannot be opened is heard of before anybody is told to go there.
    await checkPlaces({ ...world, places });
    await setGoal({ ...world, places }, goal);
    const asked = healthCheck === undefined ? {} : { healthy: healthyBy(healthCheck, invocation.io) };
    await reach({ ...world, ...asked, places, threads, onEvent: (event) => view.onEvent(event) });
  });
  const status = await migrationStatus(world, places.name);
  checkGoal(status, goal);
  conclude(status, invocation);
}

/** Who drives takes it where it was last wanted, whoever wanted that. Throws `LIVE_OVERTAKEN` if it was not we. */
function checkGoal({ name, goal, stage }: MigrationStatus, { side, until }: Goal): void {
  if (goal.side === side && goal.until === until) return;
  throw refuse(
    'LIVE_OVERTAKEN',
    `somebody else wanted ${name} elsewhere meanwhile: it is ${stage}`,
    `See who with "changeover live status ${name}".`,
  );
}

function conclude(status: MigrationStatus, { io, json }: Invocation): void {
  const { name, stage, phase, retired } = status;
  if (json) return json.write({ event: 'done' }, { exit: 0, stage, phase, retired });
  io.stdout.line(`${name}: ${stage} (phase ${phase.number}, ${phase.name})`);
  if (stage === 'finalized' && retired) io.stdout.line(`Retired: ${retiredText(retired)}.`);
  const next = nextText(status);
  if (next !== undefined) io.stdout.line(next);
}
