import { type RangeHash, RangeHasher } from 'changeover/table';
import { type KeyRange, keyAfter, RESERVED_MARK, visibleEncoding } from '../layout/index.ts';
import { MARK } from './postgres-codec.ts';
import type { PostgresConnection, PostgresRequest } from './postgres-connection.ts';
import { quoteText } from './postgres-names.ts';
import type { PostgresRows } from './postgres-rows.ts';
import type { PostgresSession, StoredCells } from './postgres-session.ts';

/** Rows whose key or properties must be put in order before they are hashed. There are hardly ever any. */
const ODD_KEY = `strpos(partition_key, ${quoteText(MARK)}) > 0 or strpos(row_key, ${quoteText(MARK)}) > 0`;
const ODD_PROPERTIES = `strpos(properties, ${quoteText(RESERVED_MARK)}) > 0`;

/** What of the odd rows is read at a time. */
const ODD_PAGE = { rows: 10_000, bytes: 4 * 1024 * 1024 };

export interface HashPlace {
  /** As SQL names it. */
  readonly table: string;
  readonly rows: PostgresRows;
  readonly seesReserved: boolean;
}

/** Hashes the rows of a range at the server, all of one instant. Odd rows travel, and are hashed here. */
export function hashRange(
  connection: PostgresConnection,
  place: HashPlace,
  range: KeyRange,
  request: PostgresRequest,
): Promise<RangeHash> {
  const odd = place.seesReserved ? ODD_KEY : `${ODD_KEY} or ${ODD_PROPERTIES}`;
  const [where, values] = place.rows.where(range);
  return connection.transact(
    async (session) => {
      const [row] = await session.run({ text: hashText(place.table, where, odd), values, patient: true });
      const hasher = new RangeHasher();
      hasher.addRange(hashOf(row ?? []));
      const odds = Number(row?.[0]) - Number(row?.[1]);
      if (odds > 0) await addOdd(session, hasher, place, range, `(${odd})`);
      return hasher.result();
    },
    { ...request, patient: true },
  );
}

/** All rows, those that are hashed, and the sum of each word of their digests: docs/decisions/0008-range-hash.md. */
function hashText(table: string, where: string, odd: string): string {
  const framed =
    "octet_length(partition_key) || ':' || partition_key || octet_length(row_key) || ':' || row_key || properties";
  const digest = `case when ${odd} then null else encode(sha256(convert_to(${framed}, 'UTF8')), 'hex') end`;
  const sums = [1, 9, 17, 25].map((start) => `sum(('x' || substr(d, ${start}, 8))::bit(32)::bigint)`);
  return `select count(*), count(d), ${sums.join(', ')} from (select ${digest} as d from ${table} where ${where}) as digests`;
}

const WORD = 2n ** 32n;
const DIGITS = 32;

/** The sums as the hash of a range: each word carried over to the one before it. */
function hashOf([, rows, ...words]: StoredCells): RangeHash {
  const sum = words.reduce((high, word) => high * WORD + BigInt(word ?? 0), 0n);
  const hash = BigInt.asUintN(4 * DIGITS, sum)
    .toString(16)
    .padStart(DIGITS, '0');
  return { rows: Number(rows), hash };
}

async function addOdd(
  session: PostgresSession,
  hasher: RangeHasher,
  { rows, seesReserved }: HashPlace,
  range: KeyRange,
  odd: string,
): Promise<void> {
  let rest = range;
  for (;;) {
    const page = await rows.page((statement) => session.run(statement), rest, ODD_PAGE, odd);
    for (const row of page.rows) hasher.add(row, visibleEncoding(row.encoded, seesReserved));
    const last = page.rows.at(-1);
    if (!page.more || !last) return;
    rest = { ...range, from: keyAfter(last) };
  }
}
