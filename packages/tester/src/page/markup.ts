/** Text that is safe within a page, because it is markup or was made so. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Content = Markup | string | number | undefined | false | readonly Content[];

/** Markup in which whatever is filled in is only text: labels hold what the code under test was given, such as a tag. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(safe)));
}

/** The place of a line, which may be broken behind each slash, and nowhere else. */
export function place(text: string): Markup {
  const [first = '', ...rest] = text.split('/');
  return html`${first}${rest.map((part) => html`/<wbr>${part}`)}`;
}

function safe(value: Content): string {
  if (Array.isArray(value)) return value.map(safe).join('');
  if (value === undefined || value === false) return '';
  return value instanceof Markup ? value.text : escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
