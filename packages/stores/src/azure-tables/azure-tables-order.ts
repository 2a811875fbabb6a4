import type { RowKey } from 'changeover/table';

/**
 * The service orders keys by UTF-16 code units, the contract by UTF-8 bytes. The two differ in one thing: characters beyond
 * U+FFFF, which are surrogates in UTF-16, come before U+E000–U+FFFF there, and behind them here.
 *
 * A row's whole key is one text here, the partition key before the row key and U+0000 between them, which keys of the service
 * do not have and which comes before all that they have. A *cut* is such a text that parts the rows into those before it
 * and the others; it may end where no key could.
 */
export type Cut = string;

/** The rows from a cut to before another one, as the service orders them. */
export interface Span {
  readonly from: Cut;
  readonly until: Cut | undefined;
}

const BETWEEN = '\u0000';
/** Comes before all that a key may go on with, and behind its end. */
const AFTER = '\u0001';
const FIRST_PRIVATE = '\ue000';
const FIRST_ASTRAL = '\u{10000}';
// biome-ignore lint/suspicious/noControlCharactersInRegex: no key of the service has them, but a bound may.
const CONTROL = /[\u0000-\u001f]/;

export function cutBefore({ partitionKey, rowKey }: RowKey): Cut {
  const partitionEnd = partitionKey.search(CONTROL);
  // No row lies between a text and the same one followed by a control character.
  if (partitionEnd >= 0) return partitionKey.slice(0, partitionEnd) + AFTER;
  const rowEnd = rowKey.search(CONTROL);
  const row = rowEnd < 0 ? rowKey : rowKey.slice(0, rowEnd) + AFTER;
  return partitionKey + BETWEEN + row;
}

/** The parts of a cut, as conditions on keys need them. */
export function partsOf(cut: Cut): {
  readonly partitionKey: string;
  /** Undefined if the cut lies before, or with `isAfter` behind, the whole partition. */
  readonly rowKey: string | undefined;
  /** Whether it lies behind the key, and not before it. */
  readonly isAfter: boolean;
} {
  const isAfter = cut.endsWith(AFTER);
  const text = isAfter ? cut.slice(0, -1) : cut;
  const between = text.indexOf(BETWEEN);
  if (between < 0) return { partitionKey: text, rowKey: undefined, isAfter };
  return { partitionKey: text.slice(0, between), rowKey: text.slice(between + 1), isAfter };
}

/** The first cut behind all that begins with the text; undefined if nothing is. */
export function endOf(prefix: string): Cut | undefined {
  for (let rest = prefix; rest !== ''; ) {
    const point = rest.codePointAt(
      rest.length >= 2 && isTrail(rest.charCodeAt(rest.length - 1)) ? rest.length - 2 : rest.length - 1,
    ) as number;
    rest = rest.slice(0, -String.fromCodePoint(point).length);
    if (point === 0xffff) continue;
    if (point === 0x10ffff) return rest + FIRST_PRIVATE;
    return rest + (point === 0xd7ff ? FIRST_ASTRAL : String.fromCodePoint(point + 1));
  }
  return undefined;
}

/** The rows behind a cut in the contract's order, as spans of the service's. */
export function spansFrom(cut: Cut, until: Cut | undefined): readonly Span[] {
  const bound = until === undefined ? undefined : nativeBound(until);
  const spans: Span[] = [];
  const add = (from: Cut | undefined, end: Cut | undefined) => {
    const last = least(end, bound);
    if (from !== undefined && (last === undefined || from < last)) spans.push({ from, until: last });
  };
  let from: Cut | undefined = cut;
  for (const position of specialPositions(cut).toReversed()) {
    const prefix = cut.slice(0, position);
    if (isLead(cut.charCodeAt(position))) {
      add(from, prefix + FIRST_PRIVATE);
    } else {
      add(from, endOf(prefix));
      add(prefix + FIRST_ASTRAL, prefix + FIRST_PRIVATE);
    }
    from = endOf(prefix);
  }
  add(from, undefined);
  return spans;
}

/** Nothing behind this one, as the service orders, is before `until` in the contract's order. */
function nativeBound(until: Cut): Cut | undefined {
  const [first] = specialPositions(until);
  return first === undefined ? until : endOf(until.slice(0, first));
}

/**
 * Where rows that the service gave one after the other, and that are all that it has from `span.from` to before `covered`,
 * can no longer be put in order, since others belong between them: the rows before `count` can. What is left is in `rest`.
 */
export function orderable(
  cuts: readonly Cut[],
  span: Span,
  covered: Cut | undefined,
): { readonly count: number; readonly rest: readonly Span[] } {
  for (const [count, cut] of cuts.entries()) {
    for (const position of specialPositions(cut)) {
      if (!isLead(cut.charCodeAt(position))) continue;
      const prefix = cut.slice(0, position);
      const others = prefix + FIRST_PRIVATE;
      if (span.until !== undefined && others >= span.until) continue;
      const end = least(endOf(prefix), span.until);
      if (covered === undefined || (end !== undefined && end <= covered)) continue;
      const rest: Span[] = [
        { from: others, until: end },
        { from: cut, until: others },
      ];
      if (end !== undefined && end !== span.until) rest.push({ from: end, until: span.until });
      return { count, rest };
    }
  }
  const isDone = covered === undefined || (span.until !== undefined && covered >= span.until);
  return { count: cuts.length, rest: isDone ? [] : [{ from: covered, until: span.until }] };
}

/** The beginning of a text that both orders see alike, whatever it is held against. */
export function alikePrefix(text: string): string {
  return text.slice(0, specialPositions(text)[0]);
}

/** Where characters stand that the two orders see differently: leading surrogates, and what comes behind them in UTF-16. */
function specialPositions(text: string): readonly number[] {
  const positions: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (isLead(unit) || unit >= 0xe000) positions.push(index);
  }
  return positions;
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function least(a: Cut | undefined, b: Cut | undefined): Cut | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
