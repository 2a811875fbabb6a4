interface Figures {
  /** Schedules and seconds of our first prototype, by its partial-order sampling, and by its mix of strategies. */
  readonly pos: string;
  readonly mix: string;
  /** Seconds that the case study of 2016 reported, by random and by priority-based scheduling: from memory. */
  readonly published: string;
}

/** What there is to compare with. None of it was measured here, nor at the same time. */
export const EARLIER: Readonly<Record<string, Figures>> = {
  QueryAtomicFilterShadowing: { pos: '797, 0.16 s', mix: '318, 0.06 s', published: '157 / 350' },
  QueryStreamedFilterShadowing: {
    pos: '6,321, 1.3 s',
    mix: '5,045, 0.90 s',
    published: '*by hand* 0.6 / 0.4',
  },
  QueryStreamedLock: { pos: '10', mix: '33, 0.01 s', published: '2,121 / 6.6' },
  QueryStreamedBackUpNewStream: { pos: '29', mix: '129, 0.04 s', published: '✗ / 6.0' },
  QueryStreamedSaveNewConfig: { pos: '11', mix: '11, 0.01 s', published: 'not among them' },
  DeleteNoLeaveTombstonesETag: { pos: '55', mix: '215, 0.08 s', published: '✗ / 4.7' },
  DeletePrimaryKey: { pos: '11', mix: '9, 0.01 s', published: '2.7 / 2.4' },
  EnsurePartitionSwitchedFromPopulated: { pos: '148', mix: '103, 0.05 s', published: '25 / 1.6' },
  TombstoneOutputETag: { pos: '45', mix: '9, 0.01 s', published: '8.3 / 3.4' },
  MigrateSkipPreferOld: { pos: '61', mix: '53, 0.01 s', published: '*by hand* ? / 5.1' },
  MigrateSkipUseNewWithTombstones: {
    pos: '14,734, 5.3 s',
    mix: '55,590, 9.1 s',
    published: '*by hand* ? / ?',
  },
  InsertBehindMigrator: { pos: '950, 0.15 s', mix: '1,328, 0.22 s', published: '*by hand* < 1 / ?' },
  CleanUpRacesEnsureSwitched: { pos: 'about 15,000', mix: '', published: 'never found' },
};
