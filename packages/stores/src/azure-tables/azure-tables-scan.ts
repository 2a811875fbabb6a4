import {
  compareKeys,
  isReservedRow,
  keyOf,
  matchesFilter,
  type Page,
  printFilter,
  project,
  propertiesOf,
  RESERVED_ROW_PREFIX,
  type Row,
  type RowKey,
  rowBytes,
  type ScanOptions,
} from 'changeover/table';
import { type KeyRange, rangeOfScan } from '../layout/index.ts';
import { pushedConditions } from './azure-tables-filter.ts';
import { type Cut, cutBefore, orderable, type Span, spansFrom } from './azure-tables-order.ts';
import { firstPiece, type Piece, type QueryPlace, queryPage, type Token } from './azure-tables-query.ts';

/** Where a scan stands: what is left of it, and where the service goes on with the first of that. */
interface Standing {
  readonly spans: readonly Span[];
  /** Of the first of them, if the service was in the midst of it. */
  readonly going: { readonly piece: Piece; readonly token: Token } | undefined;
}

type Request = ScanOptions & { readonly limit: number };

/** So many scans are gone on with where the service left off; others begin again at their key. */
const REMEMBERED = 64;
/** The very next row key behind all that are reserved. */
const BEHIND_RESERVED = `${RESERVED_ROW_PREFIX.slice(0, -1)}/`;

/** The scans of one handle. */
export class Scanner {
  readonly #place: QueryPlace;
  readonly #standings = new Map<string, Standing>();
  /** What a row was large on average, so that pages of so many bytes can be asked for. */
  #rowBytes: number | undefined;

  constructor(place: QueryPlace) {
    this.#place = place;
  }

  /** One answer of the service, put in order, or as many as it takes to have a key to go on behind. */
  async page(options: Request): Promise<Page> {
    const range = rangeOfScan(options);
    let standing = this.#resume(options) ?? beginning(range);
    for (;;) {
      const [span] = standing.spans;
      if (!span) return { rows: [], continuation: undefined };
      const { rows, next } = await this.#fetch(span, standing, options);
      const wanted = rows.filter((row) => !range.until || compareKeys(row, range.until) < 0);
      const isOver = next.spans.length === 0 || wanted.length < rows.length;
      if (wanted.length > 0 || isOver) return this.#show(wanted, isOver ? undefined : next, options);
      standing = next;
    }
  }

  /** The next rows that are in order for certain, and what is left. */
  async #fetch(
    span: Span,
    { spans, going }: Standing,
    options: Request,
  ): Promise<{ readonly rows: readonly Row[]; readonly next: Standing }> {
    const piece = going?.piece ?? firstPiece(span);
    const { conditions, end } = piece;
    const query = {
      conditions: [...conditions, ...pushedConditions(options.filter, conditions.length)],
      select: selected(options),
      top: this.#top(options),
    };
    const page = await queryPage(this.#place, query, going?.token, options.signal);
    const cuts = page.rows.map(cutBefore);
    const last = cuts.at(-1);
    const covered = page.token === undefined ? end : last === undefined ? span.from : behind(last);
    const { count, rest } = orderable(cuts, span, covered);
    const { token } = page;
    const goesOn = token !== undefined && count === cuts.length;
    return {
      rows: page.rows.slice(0, count).toSorted(compareKeys),
      next: { spans: [...rest, ...spans.slice(1)], going: goesOn ? { piece, token } : undefined },
    };
  }

  /** The rows as the handle sees them. Where its bytes end a page, the rest is read again. */
  #show(rows: readonly Row[], next: Standing | undefined, options: Request): Page {
    const { filter, select, bytes = Number.POSITIVE_INFINITY } = options;
    const shown: Row[] = [];
    let size = 0;
    for (const row of rows) {
      if (!this.#place.seesReserved && isReservedRow(row.rowKey)) continue;
      if (filter && !matchesFilter(filter, row)) continue;
      const last = shown.at(-1);
      if (last && size >= bytes) return { rows: shown, continuation: keyOf(last) };
      shown.push(select ? { ...row, properties: project(row.properties, select) } : row);
      size += rowBytes(row);
    }
    if (shown.length > 0) this.#rowBytes = size / shown.length;
    const last = rows.at(-1);
    if (!next || !last) return { rows: shown, continuation: undefined };
    const continuation = this.#visible(last);
    this.#remember(signatureOf(options, continuation), next);
    return { rows: shown, continuation };
  }

  #visible({ partitionKey, rowKey }: RowKey): RowKey {
    const isHidden = !this.#place.seesReserved && isReservedRow(rowKey);
    return { partitionKey, rowKey: isHidden ? BEHIND_RESERVED : rowKey };
  }

  #top({ limit, bytes }: Request): number {
    if (bytes === undefined || this.#rowBytes === undefined) return limit;
    return Math.max(1, Math.min(limit, Math.ceil(bytes / this.#rowBytes)));
  }

  #resume(options: Request): Standing | undefined {
    return options.after && this.#standings.get(signatureOf(options, options.after));
  }

  #remember(signature: string, standing: Standing): void {
    this.#standings.delete(signature);
    this.#standings.set(signature, standing);
    const [oldest] = this.#standings.keys();
    if (this.#standings.size > REMEMBERED && oldest !== undefined) this.#standings.delete(oldest);
  }
}

function beginning({ from, until }: KeyRange): Standing {
  return { spans: spansFrom(cutBefore(from), until && cutBefore(until)), going: undefined };
}

function behind(cut: Cut): Cut {
  return `${cut}\u0001`;
}

/** Filters are evaluated here too, so that what they look at must be read. */
function selected({ select, filter }: Request): readonly string[] | undefined {
  return select && [...select, ...(filter ? propertiesOf(filter) : [])];
}

/** Tells apart all requests that the service would have to be asked for otherwise. */
function signatureOf({ through, filter, select }: Request, after: RowKey): string {
  return JSON.stringify([
    after.partitionKey,
    after.rowKey,
    through?.partitionKey,
    through?.rowKey,
    filter ? printFilter(filter) : '',
    select,
  ]);
}
