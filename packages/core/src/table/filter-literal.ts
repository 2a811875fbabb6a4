import { isCanonicalDatetime, problemOfValue, type Value } from './value.ts';

/** Refuses a literal, saying what is wrong with it. The parser knows where it stands. */
export type Refuse = (problem: string) => never;

/** The value of `prefix'content'`, the content with its doubled quotes undone. */
export function quotedLiteral(prefix: string, content: string, refuse: Refuse): Value {
  switch (prefix) {
    case '':
      return valid({ type: 'string', value: content }, refuse);
    case 'datetime':
      return datetime(content, refuse);
    case 'guid':
      return valid({ type: 'guid', value: content.toLowerCase() }, refuse);
    case 'X':
    case 'binary':
      return isHex(content)
        ? { type: 'binary', value: new Uint8Array(Buffer.from(content, 'hex')) }
        : refuse(`a ${prefix}'…' holds pairs of hexadecimal digits`);
    default:
      return refuse(`${prefix}'…' is no literal; there are '…', datetime'…', guid'…', X'…' and binary'…'`);
  }
}

function isHex(content: string): boolean {
  return content.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(content);
}

const NUMBER = /^(-?\d+)(\.\d+)?([eE][+-]?\d+)?([LM]?)$/;

/** The value of a literal without quotes: a boolean or a number. */
export function bareLiteral(word: string, refuse: Refuse): Value {
  if (word === 'true' || word === 'false') return { type: 'boolean', value: word === 'true' };
  if (word === 'NaN') return { type: 'double', value: Number.NaN };
  if (word === 'INF') return { type: 'double', value: Number.POSITIVE_INFINITY };
  if (word === '-INF') return { type: 'double', value: Number.NEGATIVE_INFINITY };
  const [, whole, fraction = '', exponent = '', suffix] = NUMBER.exec(word) ?? [];
  if (whole === undefined) {
    return refuse(
      `expected a literal such as 'text', true, 5, 5L, 5.0, 1.50M, found ${JSON.stringify(word)}`,
    );
  }
  if (suffix === 'M') return exponent === '' ? decimal(whole, fraction) : refuse('a decimal has no exponent');
  const isWhole = fraction === '' && exponent === '';
  if (suffix === 'L') return isWhole ? int64(whole, refuse) : refuse('an int64 has no fraction or exponent');
  return isWhole ? int32(whole, refuse) : double(word, refuse);
}

function int32(digits: string, refuse: Refuse): Value {
  const value = BigInt(digits);
  if (BigInt.asIntN(32, value) === value) return { type: 'int32', value: Number(value) };
  const fitting = BigInt.asIntN(64, value) === value ? `an int64, ${digits}L` : `a decimal, ${digits}M`;
  return refuse(`${digits} is out of the range of int32; write it as ${fitting}`);
}

function int64(digits: string, refuse: Refuse): Value {
  const value = BigInt(digits);
  if (BigInt.asIntN(64, value) === value) return { type: 'int64', value };
  return refuse(`${digits}L is out of the range of int64; write it as a decimal, ${digits}M`);
}

function double(word: string, refuse: Refuse): Value {
  const value = Number(word);
  return Number.isFinite(value) ? { type: 'double', value } : refuse(`${word} is out of the range of double`);
}

/** Keeps the scale. Zero has no sign, and no other number has needless leading zeros. */
function decimal(whole: string, fraction: string): Value {
  const text = `${BigInt(whole)}${fraction}`;
  const isNegative = whole.startsWith('-') && /[1-9]/.test(whole + fraction);
  return { type: 'decimal', value: isNegative && !text.startsWith('-') ? `-${text}` : text };
}

const DATETIME =
  /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))?)?$/;

/** Without a zone it is UTC. An offset is whole minutes, so the fraction of the second stays as it is. */
function datetime(content: string, refuse: Refuse): Value {
  const [, date, time = '00:00:00', fraction = '', sign, hours, minutes] = DATETIME.exec(content) ?? [];
  if (date === undefined) {
    return refuse(
      `expected datetime'YYYY-MM-DD' or datetime'YYYY-MM-DDTHH:MM:SS.fffffffZ', found '${content}'`,
    );
  }
  const digits = fraction.padEnd(7, '0');
  const local = `${date}T${time}.${digits}Z`;
  if (!isCanonicalDatetime(local)) return refuse(`${content} is no date of the years 0001 to 9999`);
  if (sign === undefined) return { type: 'datetime', value: local };
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60_000 : 60_000);
  const seconds = new Date(Date.parse(`${date}T${time}Z`) - offsetMs).toISOString().replace('.000Z', '');
  const value = `${seconds}.${digits}Z`;
  return isCanonicalDatetime(value)
    ? { type: 'datetime', value }
    : refuse(`${content} in UTC is outside the years 0001 to 9999`);
}

function valid(value: Value, refuse: Refuse): Value {
  const problem = problemOfValue(value);
  return problem === undefined ? value : refuse(`the literal ${problem}`);
}
