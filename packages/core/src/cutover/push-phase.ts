import type { Both } from '../live/index.ts';
import { assert, type Clock } from '../std/index.ts';
import type { Store } from '../table/index.ts';
import { buryClient, listClients, type SeenClient, type Watching } from './client-document.ts';
import type { Found } from './documents.ts';
import { LiveError } from './errors.ts';
import { beginPhase, endFence, phaseFence, stopLateWriters, workersFence } from './fences.ts';
import { nameOfPhase, type PhaseContent, type PhaseDocument, writePhase } from './phase-document.ts';
import type { Places } from './places.ts';

/** How often is looked whether everybody has acknowledged. */
const LOOK_MS = 50;

export interface Pushing extends Watching {
  readonly clock: Clock;
  readonly places: Places;
  readonly stores: Both<Store>;
  readonly signal: AbortSignal;
  /** Asked between one group of clients and the next, and before the first: why they should go no further, if so. */
  healthy?(told: readonly string[]): Promise<string | undefined>;
  /** Told whom is waited for, whenever that changes. */
  onWaiting?(clients: readonly SeenClient[]): void;
}

/**
 * Takes all clients into another phase: first it is written down that they shall go, so that whoever comes next goes on
 * with it; then group by group they are told, and acknowledge. A client whose lease ran out is waited for no longer.
 *
 * Throws `LIVE_TROUBLE` after it has taken everybody back, if `healthy` says so.
 */
export async function pushPhase(
  pushing: Pushing,
  from: Found<PhaseDocument>,
  phase: PhaseContent,
): Promise<Found<PhaseDocument>> {
  assert(from.value.settled, 'a phase is pushed only from one that is settled');
  const next = {
    number: from.value.number + 1,
    phase,
    before: { number: from.value.number, phase: from.value.phase },
    leaves: [from.value.number],
    told: [],
    settled: false,
  };
  return settlePhase(pushing, await writePhase(pushing.control, pushing.places.name, next, from.revision));
}

/** Brings to its end what {@link pushPhase} began, however far that came. Does nothing to a phase that is settled. */
export async function settlePhase(
  pushing: Pushing,
  begun: Found<PhaseDocument>,
): Promise<Found<PhaseDocument>> {
  const { control, stores, places, signal } = pushing;
  if (begun.value.settled || !begun.value.before) return begun;
  const { number, before } = begun.value;
  await beginPhase(stores, places, number, { signal });
  // Who still works for the phase before would not know what partitions are born as from now on.
  await endFence(stores, workersFence(places, before.number), { signal });
  const told = await tellGroups(pushing, begun);
  for (const left of told.value.leaves) await endFence(stores, phaseFence(places, left), { signal });
  return writePhase(control, places.name, { ...told.value, settled: true }, told.revision);
}

async function tellGroups(pushing: Pushing, begun: Found<PhaseDocument>): Promise<Found<PhaseDocument>> {
  const { control, places } = pushing;
  let document = begun;
  while (document.value.told !== 'all') {
    const { told } = document.value;
    const trouble = await pushing.healthy?.(told);
    if (trouble !== undefined) return takeBack(pushing, document, trouble);
    const next = await nextGroup(pushing, told);
    const value: PhaseDocument = { ...document.value, told: next === undefined ? 'all' : [...told, next] };
    document = await writePhase(control, places.name, value, document.revision);
    await acknowledged(pushing, value);
  }
  await acknowledged(pushing, document.value);
  return document;
}

/** Groups are told in the order of their names; with the last of them everybody is, whoever may come still. */
async function nextGroup(pushing: Pushing, told: readonly string[]): Promise<string | undefined> {
  const clients = await listClients(pushing, pushing.places.name);
  const groups = new Set(clients.filter(({ dead }) => !dead).map(({ value }) => value.group));
  const left = [...groups].filter((group) => !told.includes(group)).toSorted();
  return left.length > 1 ? left[0] : undefined;
}

/** Resolves when no client that was told is in an earlier phase, but for the dead, whose requests have ended, too. */
async function acknowledged(pushing: Pushing, { number, told }: PhaseDocument): Promise<void> {
  const { clock, stores, places, signal, onWaiting } = pushing;
  const lifetimeMs = Math.max(
    stores.source.manifest.requestLifetimeMs,
    stores.target.manifest.requestLifetimeMs,
  );
  let quietFromMs = 0;
  let shown = '';
  for (;;) {
    const clients = await listClients(pushing, places.name);
    const late = clients.filter(
      ({ value }) => (told === 'all' || told.includes(value.group)) && (value.acknowledged ?? -1) < number,
    );
    const waiting: SeenClient[] = [];
    for (const client of late) {
      if (!client.dead || !(await buryClient(pushing, client))) waiting.push(client);
      else if (!stopLateWriters(stores)) quietFromMs = clock.monotonic() + lifetimeMs;
    }
    const names = waiting.map(({ name }) => name).join();
    if (names !== shown) onWaiting?.(waiting);
    shown = names;
    if (waiting.length === 0 && clock.monotonic() >= quietFromMs) return;
    await clock.sleep(LOOK_MS, signal);
  }
}

/** Everybody goes back into what the phase before was, which is a phase of its own. */
async function takeBack(
  pushing: Pushing,
  { value, revision }: Found<PhaseDocument>,
  trouble: string,
): Promise<never> {
  const { control, places } = pushing;
  const { number, phase, before, leaves } = value;
  assert(before, 'there is a phase to go back to');
  const back: PhaseDocument = {
    number: number + 1,
    phase: resumed(before.phase),
    before: { number, phase },
    // Some were told of the phase that is given up, and some were not.
    leaves: [...leaves, number],
    told: 'all',
    settled: false,
  };
  const document = await writePhase(control, places.name, back, revision);
  await settlePhase(pushing, document);
  throw new LiveError('LIVE_TROUBLE', `the clients were taken back from ${nameOfPhase(phase)}: ${trouble}`, {
    effect: 'none',
    hint: 'Mend what is wrong, and start again: it goes on where it stood.',
  });
}

/** What was clean may not be so any more. */
function resumed(phase: PhaseContent): PhaseContent {
  return phase.kind === 'alone' ? { ...phase, clean: false } : phase;
}
