import type { ControlStore, FailureDetector, Session } from '../control/index.ts';
import { documentName, type Found, read, remove, write } from './documents.ts';
import { isCount, isText, orNull, type Shape } from './shape.ts';

/** What one process that uses the table says of itself. Only it writes this, and whoever buries it removes it. */
export interface ClientDocument {
  readonly session: string;
  /** Clients of one group are told of a phase together. */
  readonly group: string;
  /** For people: what runs, and where. */
  readonly label: string;
  readonly pid: number;
  readonly host: string;
  /** The latest phase that it has gone into, with nothing of an earlier one under way; null before the first. */
  readonly acknowledged: number | null;
}

export const CLIENT: Shape<ClientDocument> = {
  session: isText,
  group: isText,
  label: isText,
  pid: isCount,
  host: isText,
  acknowledged: orNull(isCount),
};

export interface SeenClient extends Found<ClientDocument> {
  readonly name: string;
  /** Undefined if it was ended. */
  readonly lease: Session | undefined;
  readonly dead: boolean;
  /** In how many milliseconds it will be dead, if it is not heard from before. */
  readonly leftMs: number;
}

export function clientName(migration: string, session: string): string {
  return documentName(migration, 'clients', session);
}

export function writeClient(
  control: ControlStore,
  migration: string,
  client: ClientDocument,
  expected: number | undefined,
): Promise<Found<ClientDocument>> {
  return write(control, clientName(migration, client.session), client, expected);
}

export interface Watching {
  readonly control: ControlStore;
  readonly detector: FailureDetector;
}

/** Everybody who uses the table, the dead included. */
export async function listClients(
  { control, detector }: Watching,
  migration: string,
): Promise<readonly SeenClient[]> {
  const documents = await control.list(`${documentName(migration, 'clients')}/`);
  const sessions = new Map((await control.sessions()).map((session) => [session.id, session]));
  return documents.map((document) => {
    const { value, revision } = read(document, CLIENT);
    const lease = sessions.get(value.session);
    const leftMs = lease === undefined ? 0 : detector.leftMs(lease);
    return { name: document.name, value, revision, lease, dead: leftMs <= 0, leftMs };
  });
}

/** Ends the session of a dead client, and forgets the client; false if it lives, after all. */
export async function buryClient(
  { control, detector }: Watching,
  { name, lease }: SeenClient,
): Promise<boolean> {
  if (lease && !(await detector.bury(control, lease))) return false;
  await remove(control, name);
  return true;
}
