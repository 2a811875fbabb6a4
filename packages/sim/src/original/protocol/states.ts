/** What an application does with the two tables. Those in neighbouring states may run side by side. */
export type State =
  /** Knows nothing of the target. */
  | 'sourceOnly'
  /** Writes the source as long as the partition is not switched. */
  | 'preferSource'
  /** Switches the partition and writes the target. Rows are copied meanwhile. */
  | 'preferTarget'
  /** Reads the target alone, and leaves tombstones for those that do not. */
  | 'targetWithTombstones'
  /** Knows nothing of the source. */
  | 'targetOnly';
