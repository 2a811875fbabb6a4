import { reach } from 'changeover/coordinator';
import { isOperationalError } from 'changeover/std';
import { hands } from './hands.ts';
import { endAsked, optionsOf } from './options.ts';

/** Drives the migration to whatever goal it has. Says `CODE` and ends with 10 if that fails for a reason that has one. */
const signal = endAsked();
const given = await hands(optionsOf(), 'coordinator');
try {
  await reach({
    ...given,
    signal,
    onEvent: (event) => event.event === 'progress' || console.error(JSON.stringify(event)),
  });
} catch (error) {
  if (!isOperationalError(error)) throw error;
  console.error(error);
  process.stdout.write(`${error.code}\n`);
  process.exitCode = 10;
}
await given.control.close();
