import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveEvent, migrationStatus, reach } from 'changeover/coordinator';
import { isOperationalError } from 'changeover/std';
import { hands } from './hands.ts';
import { endAsked, optionsGiven, type ProgramOptions } from './options.ts';

const LOOK_MS = 50;

/**
 * Drives the migration to whatever goal it has, one after the other, beside others who do. Says `CODE` and ends with 10 if
 * that fails for a reason that has one.
 */
const signal = endAsked();
const options = optionsGiven() as ProgramOptions;
const given = await hands(options, `coordinator ${options.id}`);
try {
  while (!signal.aborted) {
    const { next } = await migrationStatus(given, options.migration);
    if (next !== null) await reach({ ...given, signal, onEvent: show });
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
} catch (error) {
  if (!isOperationalError(error)) throw error;
  if (error.code !== 'LIVE_INTERRUPTED') {
    console.error(error);
    process.stdout.write(`${error.code}\n`);
    process.exitCode = 10;
  }
}
await given.control.close();

/** For whoever has to find out why it failed. */
function show(event: LiveEvent): void {
  if (event.event !== 'progress') console.error(new Date().toISOString(), JSON.stringify(event));
}
