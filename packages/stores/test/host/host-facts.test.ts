import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { hostFactsOf, type LinuxFacts, readHostFacts } from '../../src/host/host-facts.ts';

const MACHINE: LinuxFacts = {
  hostname: 'web-1',
  bootId: 'boot 1',
  machineId: 'machine 1',
  pids: 'pid:[4026531836]',
  names: 'uts:[4026531838]',
};
const CONTAINER: LinuxFacts = { ...MACHINE, pids: 'pid:[4026532281]', names: 'uts:[4026532279]' };

describe('two processes of Linux run on', () => {
  const cases: readonly (readonly [string, 'one host' | 'two hosts', LinuxFacts, Partial<LinuxFacts>])[] = [
    ['one machine', 'one host', MACHINE, {}],
    ['one machine, before and after a boot', 'one host', MACHINE, { bootId: 'boot 2' }],
    ['two machines of one name', 'two hosts', MACHINE, { machineId: 'machine 2' }],
    ['a machine and a container on it', 'two hosts', MACHINE, CONTAINER],
    ['one container', 'one host', CONTAINER, {}],
    ['two containers of one name on one machine', 'two hosts', CONTAINER, { pids: 'pid:[4026532300]' }],
    ['two containers of one image on two machines', 'two hosts', CONTAINER, { bootId: 'boot 2' }],
    ['two machines without an id', 'two hosts', { ...MACHINE, machineId: '' }, { bootId: 'boot 2' }],
    [
      'two machines, in containers of one name that see all processes',
      'two hosts',
      { ...MACHINE, names: CONTAINER.names },
      { bootId: 'boot 2' },
    ],
  ];
  for (const [title, expected, one, change] of cases) {
    test(`${expected}: ${title}`, () => {
      const same = hostFactsOf(one).host === hostFactsOf({ ...one, ...change }).host;
      assert.equal(same ? 'one host' : 'two hosts', expected);
    });
  }
});

test('a host is named by its name and a digest', () => {
  assert.match(hostFactsOf(MACHINE).host, /^web-1\/[0-9a-f]{8}$/);
});

test('a process that cannot know its scope has no boot id, so that nobody is judged by it', () => {
  for (const unknown of [{ bootId: '' }, { pids: '' }]) {
    assert.deepEqual(hostFactsOf({ ...MACHINE, ...unknown }), { host: 'web-1', bootId: '' });
  }
});

test('this process knows where it runs', () => {
  assert.notEqual(readHostFacts().bootId, '');
});
