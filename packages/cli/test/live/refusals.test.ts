import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placesUrl } from '../support/workplace.ts';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

let place: LivePlace;

beforeEach(async () => {
  place = await LivePlace.create();
});

afterEach(() => place.remove());

const CREATE = ['create', NAME, SOURCE, TARGET];
const created = () => place.all(CREATE.join(' '));
const targetOnly = () => place.all(CREATE.join(' '), `start ${NAME}`);
const finalized = () => place.all(CREATE.join(' '), `start ${NAME}`, `finalize ${NAME} --yes`);
const aborted = () => place.all(CREATE.join(' '), `abort ${NAME} --yes`);

interface Refusal {
  readonly title: string;
  readonly before?: () => unknown;
  readonly argv: readonly string[];
  readonly code: string;
  readonly exit: number;
}

const REFUSALS: readonly Refusal[] = [
  { title: 'no verb', argv: [], code: 'CLI_USAGE', exit: 2 },
  { title: 'a verb that is not there', argv: ['strat', NAME], code: 'CLI_USAGE', exit: 2 },
  {
    title: 'a name that is none',
    argv: ['create', 'a/b', SOURCE, TARGET],
    code: 'LIVE_NAME_INVALID',
    exit: 2,
  },
  { title: 'a name that nobody knows', argv: ['start', 'nope'], code: 'LIVE_UNKNOWN', exit: 2 },
  { title: 'a status of nothing', argv: ['status', 'nope'], code: 'LIVE_UNKNOWN', exit: 2 },
  { title: 'a pause of nothing', argv: ['pause', 'nope'], code: 'LIVE_UNKNOWN', exit: 2 },
  {
    title: 'a source without a table',
    argv: ['create', NAME, 'sqlite:source.db', TARGET],
    code: 'CLI_USAGE',
    exit: 2,
  },
  {
    title: 'a table that is not there',
    argv: ['create', NAME, 'sqlite:source.db#nope', TARGET],
    code: 'TABLE_NOT_FOUND',
    exit: 2,
  },
  {
    title: 'a file that is not there',
    argv: ['create', NAME, 'sqlite:nope.db#orders', TARGET],
    code: 'TABLE_NOT_FOUND',
    exit: 2,
  },
  {
    title: 'a phase that nobody knows',
    argv: ['start', NAME, '--until', 'noon'],
    code: 'CLI_USAGE',
    exit: 2,
  },
  {
    title: 'a partition and a range',
    argv: ['rollback', NAME, '--partition', 'a', '--from', 'b'],
    code: 'CLI_USAGE',
    exit: 2,
  },
  { title: 'a name that is taken', before: created, argv: CREATE, code: 'LIVE_EXISTS', exit: 6 },
  {
    title: 'a table of another migration',
    before: created,
    argv: ['create', 'second', SOURCE, 'sqlite:third.db'],
    code: 'LIVE_EXISTS',
    exit: 6,
  },
  {
    title: 'one place for both',
    argv: ['create', NAME, SOURCE, 'sqlite:source.db'],
    code: 'LIVE_SAME_PLACE',
    exit: 6,
  },
  {
    title: 'a target that holds rows',
    before: () => place.put('target.db', 'orders', [{ partitionKey: 'x', rowKey: 'y', properties: {} }]),
    argv: CREATE,
    code: 'LIVE_NOT_EMPTY',
    exit: 6,
  },
  {
    title: 'a source that uses our names',
    before: () =>
      place.put('own.db', 'orders', [
        { partitionKey: 'x', rowKey: 'y', properties: { _changeover_tag: { type: 'int32', value: 1 } } },
      ]),
    argv: ['create', NAME, 'sqlite:own.db#orders', TARGET],
    code: 'LIVE_RESERVED_NAMES',
    exit: 6,
  },
  {
    title: 'a source whose versions come again',
    before: () => place.workplace.application('app.db'),
    argv: ['create', NAME, placesUrl('app.db'), TARGET],
    code: 'LIVE_STORE_UNFIT',
    exit: 6,
  },
  {
    title: 'to finalize what is not on the target',
    before: created,
    argv: ['finalize', NAME, '--yes'],
    code: 'LIVE_TOO_EARLY',
    exit: 6,
  },
  {
    title: 'to keep the source, and to wipe it',
    before: targetOnly,
    argv: ['finalize', NAME, '--yes', '--keep-source', '--wipe-source'],
    code: 'CLI_USAGE',
    exit: 2,
  },
  {
    title: 'to give the source the name that the target has in the same store',
    before: () => place.all(`create ${NAME} ${SOURCE} ${SOURCE}_retired_${NAME}`, `start ${NAME}`),
    argv: ['finalize', NAME, '--yes'],
    code: 'LIVE_NAME_TAKEN',
    exit: 6,
  },
  {
    title: 'to finalize without consent',
    before: targetOnly,
    argv: ['finalize', NAME],
    code: 'CLI_CONSENT_REQUIRED',
    exit: 6,
  },
  {
    title: 'to wipe a source that was dropped',
    before: async () => {
      await finalized();
      place.workplace.sql('source.db', 'drop table orders_retired_orders');
    },
    argv: ['finalize', NAME, '--wipe-source', '--yes'],
    code: 'TABLE_NOT_FOUND',
    exit: 2,
  },
  {
    title: 'to roll back what was finalized',
    before: finalized,
    argv: ['rollback', NAME, '--yes'],
    code: 'LIVE_OVER',
    exit: 6,
  },
  {
    title: 'to abort what was finalized',
    before: finalized,
    argv: ['abort', NAME, '--yes'],
    code: 'LIVE_OVER',
    exit: 6,
  },
  { title: 'to start what was aborted', before: aborted, argv: ['start', NAME], code: 'LIVE_OVER', exit: 6 },
  {
    title: 'to abort without consent',
    before: created,
    argv: ['abort', NAME],
    code: 'CLI_CONSENT_REQUIRED',
    exit: 6,
  },
  {
    title: 'a source that has moved away',
    before: async () => {
      const env = { PLACE: place.workplace.path('source.db') };
      await place.live(['create', NAME, 'sqlite:env:PLACE#orders', TARGET], { env });
      await place.put('elsewhere.db', 'orders', []);
    },
    argv: ['start', NAME],
    code: 'LIVE_PLACE_CHANGED',
    exit: 6,
  },
];

describe('is refused, without a trace of it:', () => {
  for (const { title, before, argv, code, exit } of REFUSALS) {
    test(title, async () => {
      await before?.();
      const files = await place.workplace.snapshot();
      const env = { PLACE: place.workplace.path('elsewhere.db') };
      const run = await place.live([...argv, '--json'], { env });
      expect({ exit: run.exit, last: run.stdout.events.at(-1) }).toMatchObject({
        exit,
        last: { code, exit },
      });
      expect(run.stderr.text).toMatch(/^error: .*\nhint: .*\n$/);
      expect(await place.workplace.snapshot()).toEqual(files);
    });
  }
});
