import { readFile } from 'node:fs/promises';
import { PRICE_LIST, type UnitPrices } from 'changeover/move';
import { z } from 'zod';
import { usageError } from '../cli-error.ts';

const PRICES = z.array(
  z.strictObject({
    vendor: z.string().min(1),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters, such as USD'),
    perMillionReads: z.number().nonnegative(),
    perMillionWrites: z.number().nonnegative(),
    asOf: z.iso.date(),
    source: z.string().min(1),
  }),
);

const EXAMPLE =
  '[{"vendor":"sqlite","currency":"USD","perMillionReads":0,"perMillionWrites":0,"asOf":"2026-11-22","source":"our contract"}]';

/** The list of prices: our own, or a file's before it. Throws `CLI_USAGE`, saying what in the file is wrong. */
export async function readPrices(path: string | undefined): Promise<readonly UnitPrices[]> {
  if (path === undefined) return PRICE_LIST;
  const parsed = PRICES.safeParse(parseJson(path, await read(path)));
  if (parsed.success) return [...parsed.data, ...PRICE_LIST];
  const problems = parsed.error.issues.map((issue) => `${placeOf(issue.path)}: ${issue.message}`);
  throw usageError(`${path} is no list of prices: ${problems.join('; ')}`, `It looks like ${EXAMPLE}`);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`the list of prices cannot be read: ${reason}`, 'Name a JSON file with --prices.');
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`${path} is not JSON: ${reason}`, `It looks like ${EXAMPLE}`);
  }
}

/** `[2].perMillionReads` */
function placeOf(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.length === 0 ? 'the list' : parts.join('');
}
