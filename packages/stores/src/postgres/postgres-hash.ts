import { type RangeHash, RangeHasher } from 'changeover/table';
import { type KeyRange, keyAfter, RESERVED_MARK, visibleEncoding } from '../layout/index.ts';
import { MARK } from './postgres-codec.ts';
import type { PostgresConnection, PostgresRequest } from './postgres-connection.ts';
import { quoteText } from './postgres-names.ts';
import type { PostgresRows } from './postgres-rows.ts';
import type { PostgresSession } from './postgres-session.ts';
import type { StoredCells } from './postgres-statement.ts';

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

/**
 * All rows, those that are hashed, and the sums of both halves of their digests, as signed numbers; then how many of the
 * lower halves are negative: docs/decisions/0008-range-hash.md. Without `offset 0` the server would work the digest out
 * anew for each of its uses.
 */
function hashText(table: string, where: string, odd: string): string {
  const framed =
    "octet_length(partition_key) || ':' || partition_key || octet_length(row_key) || ':' || row_key || properties";
  const digest = `case when ${odd} then null else sha256(convert_to(${framed}, 'UTF8')) end`;
  const half = (start: number) => `sum(('x' || encode(substr(d, ${start}, 8), 'hex'))::bit(64)::bigint)`;
  const sums = `${half(1)}, ${half(9)}, count(*) filter (where get_byte(d, 8) > 127)`;
  return `select count(*), count(d), ${sums} from (select ${digest} as d from ${table} where ${where} offset 0) as digests`;
}

const HALF = 2n ** 64n;
const DIGITS = 32;

/** A negative number stands for one that is 2⁶⁴ more; in the upper half that makes no difference modulo 2¹²⁸. */
function hashOf([, rows, upper, lower, negative]: StoredCells): RangeHash {
  const sum = BigInt(upper ?? 0) * HALF + BigInt(lower ?? 0) + BigInt(negative ?? 0) * HALF;
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
