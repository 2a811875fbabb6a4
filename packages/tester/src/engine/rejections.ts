import { messageOf } from './failure.ts';
import type { Run } from './run.ts';

const EVENT = 'unhandledRejection';

/**
 * Hears of rejected promises that nobody handles, and charges the running schedule with them. While it listens, nobody
 * else does: to a test runner they would be errors of its own.
 */
export class RejectionWatch {
  /** The schedule that runs. */
  run: Run | undefined;
  private others: NodeJS.UnhandledRejectionListener[] = [];

  start(): void {
    this.others = process.listeners(EVENT);
    process.removeAllListeners(EVENT);
    process.on(EVENT, this.heard);
  }

  stop(): void {
    process.off(EVENT, this.heard);
    for (const listener of this.others) process.on(EVENT, listener);
    this.others = [];
  }

  private readonly heard = (error: unknown): void => {
    this.run?.fail('rejection', `nobody handled: ${messageOf(error)}`, { error });
  };
}
