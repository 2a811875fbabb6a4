import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/file/file-lines.ts';
import { chunksOf } from './read-text.ts';

async function lines(
  content: string | Uint8Array,
  chunkBytes = 3,
  bytesMax?: number,
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const { number, text } of linesOf(chunksOf(content, chunkBytes), bytesMax))
    found.push([number, text]);
  return found;
}

test('lines are numbered from 1, with the empty ones, and the last needs no line feed', async () => {
  expect(await lines('ab\n\né𐀀\r\nlast')).toEqual([
    [1, 'ab'],
    [2, ''],
    [3, 'é𐀀\r'],
    [4, 'last'],
  ]);
});

test('only the first byte order mark is left out', async () => {
  expect(await lines('\ufeffa\n\ufeffb\n')).toEqual([
    [1, 'a'],
    [2, '\ufeffb'],
  ]);
});

describe('a line that is not UTF-8 is malformed, at the character', () => {
  test.each([
    ['a byte that never is', [0x61, 0xff], 2],
    ['half a character', [0x61, 0xc3, 0xa9, 0xe2, 0x82], 3],
    ['half a character before another', [0xef, 0xbf, 0x41], 1],
    ['a surrogate', [0xed, 0xa0, 0x80], 1],
    ['the longer spelling of a character', [0x61, 0xc0, 0x80], 2],
  ])('%s', async (_, bytes, column) => {
    await expect(lines(Uint8Array.of(0x78, 0x0a, ...bytes, 0x0a))).rejects.toMatchObject({
      code: 'FILE_MALFORMED',
      details: { line: 2, column },
    });
  });
});

describe('a line that is too long is malformed', () => {
  test.each([1, 3, 100])('in chunks of %i bytes', async (chunkBytes) => {
    await expect(lines('12345\n123456\n', chunkBytes, 5)).rejects.toMatchObject({
      code: 'FILE_MALFORMED',
      details: { line: 2, column: 1 },
      message: expect.stringContaining('a line of at most 5 bytes'),
    });
  });

  test('before it has come to its end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.from('xxxx');
    }
    await expect(linesOf(endless(), 100).next()).rejects.toMatchObject({ code: 'FILE_MALFORMED' });
  });
});
