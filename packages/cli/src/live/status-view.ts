import type { MigrationStatus } from 'changeover/coordinator';
import type { Invocation } from '../invocation.ts';
import type { JsonLines } from '../output/json-lines.ts';
import type { TextOutput } from '../text-output.ts';
import { statusText, summaryText } from './status-text.ts';

/** Shows a status again and again. */
export interface StatusView {
  show(status: MigrationStatus): void;
}

/** JSON if asked for, a picture that is drawn anew where standard output is a terminal, else a line for each change. */
export function createStatusView({ io: { stdout, env }, json }: Invocation): StatusView {
  if (json) return changes((status) => showJson(json, status));
  if (stdout.isTerminal && env['TERM'] !== 'dumb') return new Picture(stdout);
  return changes((status) => stdout.line(summaryText(status)), summaryText);
}

/** Tells of a status only if something about it is another one. */
function changes(
  tell: (status: MigrationStatus) => void,
  asText: (status: MigrationStatus) => string = withoutLeases,
): StatusView {
  let last = '';
  return {
    show(status) {
      const text = asText(status);
      if (text !== last) tell(status);
      last = text;
    },
  };
}

/** Leases are renewed all the time, which is no news. */
function withoutLeases({ clients, ...status }: MigrationStatus): string {
  return JSON.stringify({ ...status, clients: clients.map(({ leaseUntilMs: _, ...client }) => client) });
}

function showJson(json: JsonLines, { name: migration, ...rest }: MigrationStatus): void {
  json.write({ event: 'migration' }, { migration, ...rest });
}

/** The status on a terminal, as much of it as fits, each drawn over the one before. */
class Picture implements StatusView {
  readonly #output: TextOutput;
  #lines = 0;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  show(status: MigrationStatus): void {
    const { columns = 80, rows = 24 } = this.#output.stream;
    // A row is left for the cursor: were the terminal to scroll, the next one would be drawn in the wrong place.
    const lines = statusText(status)
      .trimEnd()
      .split('\n')
      .slice(0, Math.max(1, rows - 1))
      .map((line) => line.slice(0, columns));
    const back = this.#lines === 0 ? '' : `\u001b[${this.#lines}A\r\u001b[J`;
    this.#output.write(`${back}${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }
}
