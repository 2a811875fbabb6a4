import { createInterface } from 'node:readline';
import { CliError } from './cli-error.ts';
import type { Io } from './io.ts';

export interface Consent {
  /** What would happen: `drop the table "orders" of out.db, with all its rows`. */
  readonly what: string;
  /** What a person types to agree. */
  readonly word: string;
}

/** Has a person at a terminal type the word. Throws `CLI_CONSENT_REQUIRED` if there is no person, or another word. */
export async function confirm({ stdin, stderr, signal }: Io, { what, word }: Consent): Promise<void> {
  if (stdin.isTTY !== true || !stderr.isTerminal) {
    throw new CliError('CLI_CONSENT_REQUIRED', `this would ${what}`, 'Add --yes if that is what you want.');
  }
  stderr.write(`This will ${what}.\nType ${word} to agree: `);
  const answer = await readLine(stdin, signal);
  if (signal.aborted) stderr.write('\n');
  signal.throwIfAborted();
  if (answer?.trim() === word) return;
  throw new CliError('CLI_CONSENT_REQUIRED', `not agreed to ${what}`, 'Nothing was changed.');
}

/** A line, or undefined at the end of the input or of our patience. */
function readLine(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string | undefined> {
  // Not in terminal mode: that would take Ctrl-C away from the process.
  const lines = createInterface({ input, terminal: false, signal });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
  });
}
