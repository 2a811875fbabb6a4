import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { parseStoreUrl } from '../../src/store-url.ts';

describe('a store URL', () => {
  test('has a scheme, a place, parameters and a table', () => {
    assert.deepEqual(parseStoreUrl('sqlite:app.db?partitionKey=a&rowKey=b,c#my%20orders'), {
      prefix: 'sqlite:app.db',
      scheme: 'sqlite',
      place: 'app.db',
      parameters: new Map([
        ['partitionKey', 'a'],
        ['rowKey', 'b,c'],
      ]),
      suffix: '?partitionKey=a&rowKey=b,c#my%20orders',
      table: 'my orders',
    });
  });

  test('without a fragment names no table', () => {
    assert.equal(parseStoreUrl('sqlite:app.db').table, undefined);
  });

  test.each([
    ['sqlite:a%23b%3Fc%25d.db', 'a#b?c%d.db'],
    ['sqlite:/a b/ü.db', '/a b/ü.db'],
    ['sqlite:../x+y&z.db', '../x+y&z.db'],
    ['sqlite:a@b:c.db', 'a@b:c.db'],
  ])('%s is at %s', (url, place) => {
    assert.equal(parseStoreUrl(url).place, place);
  });

  test('takes everything behind the first # for the table', () => {
    assert.equal(parseStoreUrl('sqlite:app.db#a#b?c').table, 'a#b?c');
  });

  test.each([
    '',
    'app.db',
    './app.db',
    'sqlite:',
    'sqlite:#orders',
    'sqlite:app.db#',
    'sqlite:app.db#100%',
    'sqlite:%ff.db',
    'sqlite:a%00b.db',
    'sqlite:app.db?rowKey',
    'sqlite:app.db?=b',
    'sqlite:app.db?rowKey=a&rowKey=b',
  ])('may not be %j', (url) => {
    assert.throws(() => parseStoreUrl(url), { code: 'STORE_URL_INVALID', effect: 'none' });
  });

  test.each([
    'postgres://me:hunter2@db/app',
    'redis://:hunter2@cache/0#orders',
    'postgres://me:hunt/er2@db/app',
    'postgres://me@db/app?password=hunter2',
    'azure:x?SECRET=hunter2',
  ])('has no secret in it, nor has the error: %s', (url) => {
    assert.throws(
      () => parseStoreUrl(url),
      (error: Error & { code?: string; hint?: string }) => {
        assert.equal(error.code, 'STORE_SECRET_IN_URL');
        assert.doesNotMatch(`${error.message} ${error.hint}`, /hunt/);
        return true;
      },
    );
  });
});
