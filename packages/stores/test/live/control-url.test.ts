import { expect, test } from 'vitest';
import { formatControlUrl, parseControlUrl } from '../../src/index.ts';

test('The path of a control store comes back from its URL, whatever is in it', () => {
  for (const path of ['/a/control.db', 'a b#c?d%20.db', '/ü/x.db']) {
    expect(parseControlUrl(formatControlUrl(path))).toBe(path);
  }
});

test.each(['control.db', 'sqlite:', 'sqlite:a.db#t', 'sqlite:a.db?x=1', 'sqlite:%zz', 'postgres:a'])(
  '%s names no control store',
  (url) => {
    expect(parseControlUrl(url)).toBeUndefined();
  },
);
