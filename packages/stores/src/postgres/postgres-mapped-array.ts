/**
 * The elements of an array in the text that the server itself would write for it, nested arrays flattened and NULLs left
 * out; undefined for any other text, also for one that the server would read as the same array.
 */
export function elementsOfArrayText(text: string): readonly string[] | undefined {
  const bounds = /^\[[-\d:[\]]+\]=/.exec(text)?.[0] ?? '';
  const reader = new ArrayReader(text.slice(bounds.length));
  const elements = reader.read();
  // Bounds and depths that differ are for the server to refuse, which it does.
  return elements && bounds === '' ? elements : undefined;
}

class ArrayReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly string[] | undefined {
    if (this.#text === '{}') return [];
    const elements: string[] = [];
    return this.#array(elements) && this.#at === this.#text.length ? elements : undefined;
  }

  #array(elements: string[]): boolean {
    if (!this.#skip('{')) return false;
    do {
      const inner = this.#text[this.#at] === '{' ? this.#array(elements) : this.#element(elements);
      if (!inner) return false;
    } while (this.#skip(','));
    return this.#skip('}');
  }

  #element(elements: string[]): boolean {
    const quoted = /"(?:[^"\\]|\\["\\])*"/y;
    const bare = /[^",\\{}\s]+(?: *[^",\\{}\s]+)*/y;
    const pattern = this.#text[this.#at] === '"' ? quoted : bare;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return false;
    this.#at += found.length;
    if (found === 'NULL') return true;
    const element = found.startsWith('"') ? found.slice(1, -1).replaceAll(/\\(.)/g, '$1') : found;
    elements.push(element);
    return found.startsWith('"') === mustBeQuoted(element);
  }

  #skip(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }
}

/** The server quotes what would else be read otherwise. */
function mustBeQuoted(element: string): boolean {
  return element === '' || /["\\{},\t\n\v\f\r ]/.test(element) || element.toLowerCase() === 'null';
}
