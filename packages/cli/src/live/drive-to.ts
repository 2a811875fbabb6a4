import { type Goal, type MigrationStatus, migrationStatus, reach, setGoal } from 'changeover/coordinator';
import type { Places } from 'changeover/cutover';
import type { Invocation } from '../invocation.ts';
import type { DrivingOptions } from './driving-options.ts';
import { healthyBy } from './health-check.ts';
import type { LiveWorld } from './live-world.ts';
import { nextText } from './stage-text.ts';
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
    await setGoal({ ...world, places }, goal);
    const asked = healthCheck === undefined ? {} : { healthy: healthyBy(healthCheck, invocation.io) };
    await reach({ ...world, ...asked, places, threads, onEvent: (event) => view.onEvent(event) });
  });
  conclude(await migrationStatus(world, places.name), invocation);
}

function conclude(status: MigrationStatus, { io, json }: Invocation): void {
  const { name, stage, phase } = status;
  if (json) return json.write({ event: 'done' }, { exit: 0, stage, phase });
  io.stdout.line(`${name}: ${stage} (phase ${phase.number}, ${phase.name})`);
  const next = nextText(status);
  if (next !== undefined) io.stdout.line(next);
}
