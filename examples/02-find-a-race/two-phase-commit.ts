/**
 * Two-phase commit whose coordinator crashes. It asks all participants to prepare; if all vote yes it decides to commit,
 * else to abort, and tells everybody. After a crash it looks into its log for what was decided. Three bugs:
 * - It never comes back: a participant that has promised to do what will be decided waits for ever.
 * - It tells the participants first and logs after that. Crashed in between, it finds nothing, decides to abort, and
 *   tells the rest: one has committed, another has aborted.
 * - It logs first, but a crash leaves the write under way, and the next life looks before it arrives: the log says commit
 *   in the end, and everybody has aborted.
 *
 * Mended: the decision is logged before anybody hears of it, and only the first one counts.
 */
import assert from 'node:assert/strict';
import { reads, type Scenario, writes } from '@changeover/tester';

type Decision = 'commit' | 'abort';

/** Has promised, by a yes, to do what will be decided; before that it may abort on its own. */
class Participant {
  state: 'working' | 'prepared' | Decision = 'working';
  private readonly agrees: boolean;

  constructor(agrees: boolean) {
    this.agrees = agrees;
  }

  /** Votes. One that was told the decision already, and now gets a message that was late, votes no. */
  async prepare(): Promise<boolean> {
    if (this.state === 'working') this.state = this.agrees ? 'prepared' : 'abort';
    return this.state === 'prepared';
  }

  /** What is done is done: a participant that has committed has let go of its locks, and cannot abort any more. */
  async finish(decision: Decision): Promise<void> {
    if (this.state === 'working' || this.state === 'prepared') this.state = decision;
  }
}

/** The coordinator's disk: what outlives its crashes. */
class DecisionLog {
  private decision: Decision | undefined;

  async read(): Promise<Decision | undefined> {
    return this.decision;
  }

  async write(decision: Decision): Promise<void> {
    this.decision = decision;
  }

  /** Writes the decision unless there is one. Gives the one that counts. */
  async decide(decision: Decision): Promise<Decision> {
    this.decision ??= decision;
    return this.decision;
  }
}

/** One life of the coordinator. */
type Coordinator = (log: DecisionLog, participants: readonly Participant[]) => Promise<void>;

interface Protocol {
  readonly start: Coordinator;
  readonly recover?: Coordinator;
}

async function vote(participants: readonly Participant[]): Promise<Decision> {
  for (const participant of participants) if (!(await participant.prepare())) return 'abort';
  return 'commit';
}

async function tell(participants: readonly Participant[], decision: Decision): Promise<void> {
  for (const participant of participants) await participant.finish(decision);
}

const recoverFromLog: Coordinator = async (log, participants) =>
  tell(participants, (await log.read()) ?? 'abort');

const tellThenLog: Protocol = {
  start: async (log, participants) => {
    const decision = await vote(participants);
    await tell(participants, decision);
    await log.write(decision);
  },
  recover: recoverFromLog,
};

const logThenTell: Protocol = {
  start: async (log, participants) => {
    const decision = await vote(participants);
    await log.write(decision);
    await tell(participants, decision);
  },
  recover: recoverFromLog,
};

const decideOnce: Protocol = {
  start: async (log, participants) => tell(participants, await log.decide(await vote(participants))),
  recover: async (log, participants) => tell(participants, await log.decide('abort')),
};

interface World {
  readonly log: DecisionLog;
  readonly participants: readonly Participant[];
  /** The same as whoever calls them over the network sees them. */
  readonly remote: readonly Participant[];
}

function committing(name: string, { start, recover }: Protocol): Scenario<World, readonly boolean[]> {
  return {
    name,
    program: (draw) => [draw.boolean(), draw.boolean()].map((refuses) => !refuses),
    setup: (scope, votes) => {
      const participants = votes.map((agrees) => new Participant(agrees));
      return {
        participants,
        remote: participants.map((participant, at) =>
          scope.controlled(participant, { name: `p${at}`, footprint: () => writes(`p${at}`) }),
        ),
        log: scope.controlled(new DecisionLog(), {
          name: 'log',
          footprint: (method) => (method === 'read' ? reads('log') : writes('log')),
        }),
      };
    },
    tasks: ({ log, remote }) => ({
      coordinator: {
        run: () => start(log, remote),
        crashes: true,
        ...(recover ? { restart: () => recover(log, remote) } : {}),
      },
    }),
    faults: { crash: 1 },
    atEnd: async ({ log, participants }, votes) => {
      const states = participants.map(({ state }) => state);
      assert(!states.includes('prepared'), `nobody is left in doubt: ${states.join(', ')}`);
      assert.equal(new Set(states).size, 1, `all or none: ${states.join(', ')}`);
      const logged = await log.read();
      if (logged) assert.equal(logged, states[0], 'the log tells what was done');
      if (votes.includes(false)) assert(!states.includes('commit'), 'a no is a no');
    },
  };
}

export const leavingInDoubt = committing('two-phase commit, no recovery', { start: decideOnce.start });
export const tellingThenLogging = committing('two-phase commit, logged late', tellThenLog);
export const loggingThenTelling = committing('two-phase commit, logged twice', logThenTell);
export const decidingOnce = committing('two-phase commit, mended', decideOnce);
