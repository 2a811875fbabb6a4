import { type Consent, confirm } from '../confirm.ts';
import type { Io } from '../io.ts';
import type { MoveOptions } from './move-options.ts';
import type { PlannedMove } from './plan-move.ts';

/** Has a person agree to all that would be lost. Throws `CLI_CONSENT_REQUIRED`. */
export async function askConsent(moves: readonly PlannedMove[], options: MoveOptions, io: Io): Promise<void> {
  if (options.yes) return;
  const consents = moves.flatMap(dropsOf);
  if (options.repair) consents.push(repairOf(moves, options));
  for (const consent of consents) await confirm(io, consent);
}

function dropsOf({ drops, targetLocation }: PlannedMove): Consent[] {
  return drops.map((table) => ({
    what: `drop the table ${table} of ${targetLocation} with all its rows`,
    word: table,
  }));
}

/** All targets are in one place: several moves come of a config, which names one. */
function repairOf(moves: readonly PlannedMove[], { deleteExtra }: MoveOptions): Consent {
  const names = moves.flatMap(({ tables }) => tables.map(({ target }) => target)).join(', ');
  const place = moves[0]?.targetLocation ?? '';
  const deleted = deleteExtra ? ', and delete those that the source does not have' : '';
  return {
    what: `write over the rows of ${names} in ${place} that differ from the source${deleted}`,
    word: 'repair',
  };
}
