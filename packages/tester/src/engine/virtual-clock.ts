/** Time that passes only when the schedule lets a timer fire. */
export interface VirtualClock {
  /** Milliseconds since the schedule began. */
  now(): number;
  /** The same: nobody sets this clock. For subjects that tell the time of day from what only goes forward. */
  monotonic(): number;
  /**
   * Resolves when `ms` have passed. A sleeper may be woken before or after anything else that can happen, since nobody
   * knows how long a call takes; sleepers among themselves wake in the order in which they are due.
   * Rejects with the signal's reason if it aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after `ms`. Does not keep a schedule from being over. Returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}
