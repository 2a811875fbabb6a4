import { runWorker } from 'changeover/coordinator';
import { isOperationalError } from 'changeover/std';
import { hands } from './hands.ts';
import { endAsked, optionsGiven, type ProgramOptions } from './options.ts';

/** Works beside the coordinator. Says `CODE` and ends with 10 if that fails for a reason that has one. */
const signal = endAsked();
const given = await hands(optionsGiven() as ProgramOptions, 'worker');
try {
  await runWorker({ ...given, signal });
} catch (error) {
  if (!isOperationalError(error)) throw error;
  console.error(error);
  process.stdout.write(`${error.code}\n`);
  process.exitCode = 10;
}
await given.control.close();
