/** The service of docs/guides/test-your-service.md, and what it takes to test it. */
import { fileURLToPath } from 'node:url';
import {
  type Draw,
  explore,
  type Fault,
  type KeyValueInput,
  keyValueMap,
  prove,
  type Report,
  reads,
  type Scenario,
  type Scope,
  type Workers,
  writes,
} from '@changeover/tester';

// #region service
/** What the service needs of its database. The real one is a client of a server, and fulfils this too. */
export interface Database {
  read(key: string): Promise<Row>;
  /** Writes if the row still has this version. False if it has another: somebody else was faster. */
  write(key: string, text: string, version: number): Promise<boolean>;
}

interface Row {
  readonly text: string | undefined;
  readonly version: number;
}

interface Clock {
  sleep(ms: number): Promise<void>;
}

/** The service under test: notes, by key. */
export class Notes {
  protected readonly database: Database;
  private readonly clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.database.read(key)).text;
  }

  async put(key: string, text: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { version } = await this.database.read(key);
      if (await this.database.write(key, text, version)) return;
      await this.clock.sleep(10 * attempt);
    }
  }
}
// #endregion

// #region database
/** Behaves as the real database does, as far as the service can tell, and answers at once. */
class DatabaseModel implements Database {
  private readonly rows: Map<string, Row>;

  constructor(rows: Map<string, Row>) {
    this.rows = rows;
  }

  async read(key: string): Promise<Row> {
    return this.rows.get(key) ?? { text: undefined, version: 0 };
  }

  async write(key: string, text: string, version: number): Promise<boolean> {
    if ((this.rows.get(key)?.version ?? 0) !== version) return false;
    this.rows.set(key, { text, version: version + 1 });
    return true;
  }
}
// #endregion

// #region controlled
/** What the driver of the real database throws when a connection breaks. */
class ConnectionError extends Error {}

function controlledDatabase(scope: Scope): Database {
  const rows = scope.observed(new Map<string, Row>(), 'rows');
  return scope.controlled(new DatabaseModel(rows), {
    name: 'database',
    footprint: (method, [key]) =>
      method === 'read' ? reads(`rows/${String(key)}`) : writes(`rows/${String(key)}`),
    faults: (method): Fault[] => (method === 'read' ? ['before'] : ['before', 'after']),
    error: () => new ConnectionError('connection lost'),
  });
}
// #endregion

// #region program
type Step = { readonly type: 'get' | 'put'; readonly key: string; readonly text: string };

/** What two clients do: at most so many steps each, with few keys, so that they meet. */
function twoClients(draw: Draw, most: number): readonly (readonly Step[])[] {
  return ['alice', 'bob'].map((client) =>
    draw.list(1, most, (nth) => ({
      type: draw.pick(['put', 'get'] as const),
      key: draw.pick(['a', 'b']),
      text: `${client}${nth + 1}`,
    })),
  );
}
// #endregion

// #region scenario
function notes(name: string, NotesOf: typeof Notes): Scenario<Notes, readonly (readonly Step[])[]> {
  return {
    name,
    program: (draw) => twoClients(draw, 3),
    setup: (scope) => {
      const history = scope.history(keyValueMap());
      return history.recorded(new NotesOf(controlledDatabase(scope), scope.clock), {
        input: (method, [key, text]): KeyValueInput =>
          method === 'get'
            ? { type: 'get', key: String(key) }
            : { type: 'put', key: String(key), value: String(text) },
      });
    },
    tasks: (service, [alice = [], bob = []]) => ({
      alice: () => run(service, alice),
      bob: () => run(service, bob),
    }),
    faults: { before: 1, after: 1 },
  };
}

/** A client that takes a lost connection as it comes, and goes on with its next step. */
async function run(service: Notes, steps: readonly Step[]): Promise<void> {
  for (const { type, key, text } of steps) {
    try {
      if (type === 'get') await service.get(key);
      else await service.put(key, text);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
}
// #endregion

const sound = notes('notes', Notes);

export async function sample(): Promise<void> {
  // #region sample
  (await explore(sound, { strategy: 'mix', schedules: 4_000 })).assertPassed();
  // #endregion
}

export async function checkTheTest(): Promise<readonly Report[]> {
  // #region check-the-test
  const audited = await explore(sound, { audit: true });
  const twice = await explore(sound, { twice: true });
  // #endregion
  return [audited, twice];
}

export async function inCi(folder: URL, seed: number, scenario = sound): Promise<Report> {
  // #region ci
  const corpus = fileURLToPath(folder);
  const report = await explore(scenario, { corpus, seed, schedules: 1e6, seconds: 20, strategy: 'mix' });
  // #endregion
  return report;
}

// #region careless
/** Takes a lost reply for a failure, and tries again. */
class CarelessNotes extends Notes {
  override async put(key: string, text: string): Promise<void> {
    try {
      await super.put(key, text);
    } catch {
      await super.put(key, text);
    }
  }
}

export const careless = notes('notes, put again', CarelessNotes);
// #endregion

// #region small
/** Small enough for every schedule: one step each, without faults. */
const small: typeof sound = {
  ...sound,
  name: 'notes, one step each',
  program: (draw) => twoClients(draw, 1),
  faults: {},
};
// #endregion

export async function findCareless(): Promise<void> {
  // #region find-careless
  (await explore(careless, { strategy: 'mix', schedules: 20_000 })).assertPassed();
  // #endregion
}

export async function inThreads(): Promise<Report> {
  // #region threads
  const workers: Workers = {
    module: import.meta.url,
    export: 'careless',
    count: 2,
    imports: [new URL('register-typescript.js', import.meta.url)],
  };
  const report = await explore(careless, { strategy: 'mix', schedules: 20_000, workers });
  // #endregion
  return report;
}

export async function everySchedule(): Promise<Report> {
  // #region prove
  const report = await prove(small);
  // #endregion
  return report;
}
