import { refusal } from './errors.ts';
import {
  COMPARISON_OPERATORS,
  type Comparison,
  type ComparisonOperator,
  FILTER_LEVELS_MAX,
  type Filter,
  type FilterSubject,
} from './filter.ts';
import { bareLiteral, quotedLiteral } from './filter-literal.ts';
import { FILTER_WORDS } from './filter-words.ts';
import { isWellFormed } from './key.ts';
import type { Value } from './value.ts';

/**
 * Parses the OData subset that docs/reference/filters.md describes.
 *
 * Throws `TABLE_FILTER_INVALID` with `details.column`, the 1-based column in characters, and `details.text`.
 */
export function parseFilter(text: string): Filter {
  return new FilterParser(text).parse();
}

const SPACE = /\s*/y;
const WORD = /[\p{ID_Start}_]\p{ID_Continue}*/uy;
/** As much as could belong to a literal without quotes, so that an error can show all of it. */
const BARE = /[^\s()'"]*/y;

/** Recursive descent, one method for each rule of the grammar. A level is one `not` or one pair of parentheses. */
class FilterParser {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Filter {
    const filter = this.#alternatives(0);
    if (this.#offset < this.#text.length) this.#expected('"and", "or" or the end');
    return filter;
  }

  #alternatives(level: number): Filter {
    return this.#joined('or', () => this.#joined('and', () => this.#term(level)));
  }

  #joined(kind: 'and' | 'or', operand: () => Filter): Filter {
    const first = operand();
    const operands = [first];
    while (this.#accept(kind)) operands.push(operand());
    return operands.length > 1 ? { kind, operands } : first;
  }

  #term(level: number): Filter {
    this.#skipSpace();
    if (this.#text[this.#offset] === '(') return this.#group(level + 1);
    const start = this.#offset;
    if (!this.#accept('not')) return this.#comparison();
    this.#checkLevel(level + 1, start);
    // The parentheses of a negation count with it: its canonical text always has them.
    const operand = this.#text[this.#offset] === '(' ? this.#group(level + 1) : this.#term(level + 1);
    return { kind: 'not', operand };
  }

  #group(level: number): Filter {
    this.#checkLevel(level, this.#offset);
    this.#offset += 1;
    const filter = this.#alternatives(level);
    if (this.#text[this.#offset] !== ')') this.#expected('"and", "or" or ")"');
    this.#offset += 1;
    this.#skipSpace();
    return filter;
  }

  #comparison(): Comparison {
    const subject = this.#subject();
    const operator = this.#operator();
    const start = this.#offset;
    const value = this.#literal();
    if (subject.kind !== 'property' && value.type !== 'string') {
      this.#fail(start, `a key is compared with text in single quotes, not with the type ${value.type}`);
    }
    return { kind: 'comparison', subject, operator, value };
  }

  #subject(): FilterSubject {
    const start = this.#offset;
    if (this.#text[start] === '"') {
      const name = this.#quoted('"');
      if (name !== '' && isWellFormed(name)) return { kind: 'property', name };
      this.#fail(start, `${JSON.stringify(name)} is not a property name`);
    }
    const name = this.#peekWord();
    if (name === 'PartitionKey') return this.#skip(name, { kind: 'partitionKey' });
    if (name === 'RowKey') return this.#skip(name, { kind: 'rowKey' });
    if (name === '' || FILTER_WORDS.has(name)) this.#expected('PartitionKey, RowKey or a property name');
    return this.#skip(name, { kind: 'property', name });
  }

  #operator(): ComparisonOperator {
    const word = this.#peekWord();
    const operator = COMPARISON_OPERATORS.find((known) => known === word);
    if (!operator) return this.#expected(`one of ${COMPARISON_OPERATORS.join(', ')}`);
    return this.#skip(word, operator);
  }

  #literal(): Value {
    const start = this.#offset;
    const word = this.#match(BARE);
    this.#offset += word.length;
    const refuse = (problem: string) => this.#fail(start, problem);
    const isQuoted = this.#text[this.#offset] === "'";
    if (!isQuoted && word === '') return this.#expected('a literal');
    const value = isQuoted ? quotedLiteral(word, this.#quoted("'"), refuse) : bareLiteral(word, refuse);
    this.#skipSpace();
    return value;
  }

  /** Reads from a quote to its match, undoing doubled ones, and the space behind it. */
  #quoted(quote: '"' | "'"): string {
    const start = this.#offset;
    let content = '';
    for (let from = start + 1; ; ) {
      const end = this.#text.indexOf(quote, from);
      if (end < 0) this.#fail(start, `this ${quote} is never closed`);
      content += this.#text.slice(from, end);
      if (this.#text[end + 1] !== quote) {
        this.#offset = end + 1;
        this.#skipSpace();
        return content;
      }
      content += quote;
      from = end + 2;
    }
  }

  #accept(word: string): boolean {
    if (this.#peekWord() !== word) return false;
    return this.#skip(word, true);
  }

  #peekWord(): string {
    return this.#match(WORD);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  /** Steps over `word` and the space behind it. */
  #skip<T>(word: string, result: T): T {
    this.#offset += word.length;
    this.#skipSpace();
    return result;
  }

  #skipSpace(): void {
    this.#offset += this.#match(SPACE).length;
  }

  #checkLevel(level: number, offset: number): void {
    if (level <= FILTER_LEVELS_MAX) return;
    this.#fail(offset, `it nests more than ${FILTER_LEVELS_MAX} levels deep here`);
  }

  #expected(what: string): never {
    const rest = this.#text.slice(this.#offset);
    const next = this.#match(BARE) || rest.slice(0, 1);
    this.#fail(this.#offset, `expected ${what}, found ${rest === '' ? 'the end' : JSON.stringify(next)}`);
  }

  #fail(offset: number, problem: string): never {
    const column = Array.from(this.#text.slice(0, offset)).length + 1;
    throw refusal('TABLE_FILTER_INVALID', `the filter is invalid at column ${column}: ${problem}`, {
      column,
      text: this.#text,
    });
  }
}
