import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { explore, type Scenario, type Scope, writes } from '../../src/index.ts';

interface World {
  readonly scope: Scope;
  n: number;
}

function update(mended: boolean, version?: string): Scenario<World> {
  return {
    name: 'lost update',
    ...(version === undefined ? {} : { version }),
    setup: (scope) => ({ scope, n: 0 }),
    tasks: (world) => {
      const { scope } = world;
      const add = mended
        ? () => scope.point('add', writes('n'), () => void world.n++)
        : async () => {
            const seen = await scope.point('get', writes('n'), () => world.n);
            await scope.point('set', writes('n'), () => void (world.n = seen + 1));
          };
      return { a: add, b: add };
    },
    atEnd: ({ n }) => assert.equal(n, 2),
  };
}

let corpus: string;
beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), 'corpus-'));
});
afterEach(() => rm(corpus, { recursive: true }));

describe('a corpus folder', () => {
  it('tells the cause of what fails again', async () => {
    const first = await explore(update(false), { corpus });
    const again = await explore(update(false), { corpus });
    assert.equal(again.corpus.ran, 1);
    assert.deepEqual(again.found?.cause, first.found?.cause);
  });

  it('gets each failing schedule once, with what it takes to run it again', async () => {
    const report = await explore(update(false), { corpus });
    const [file, ...others] = await readdir(corpus);
    assert.deepEqual(others, []);
    assert.match(file ?? '', /^lost-update-[0-9a-f]{8}\.json$/);
    const kept = JSON.parse(await readFile(join(corpus, file as string), 'utf8')) as {
      token: string;
      steps: object[];
    };
    assert.equal(kept.token, report.found?.token);
    assert.deepEqual(kept.steps[0], { task: report.found?.trace[0]?.task, label: 'get' });
  });

  it('gets what failed, of which scenario and version, when it was found and at which commit', async () => {
    const before = process.env['GITHUB_SHA'];
    process.env['GITHUB_SHA'] = 'abc123';
    await explore(update(false, '2'), { corpus });
    if (before === undefined) delete process.env['GITHUB_SHA'];
    else process.env['GITHUB_SHA'] = before;
    const [file = ''] = await readdir(corpus);
    const { found, ...kept } = JSON.parse(await readFile(join(corpus, file), 'utf8')) as { found: string };
    const { scenario, version, commit, sentence } = kept as Record<string, string>;
    assert.deepEqual([scenario, version, commit], ['lost update', '2', 'abc123']);
    assert.match(sentence ?? '', /Expected values to be strictly equal/);
    assert.ok(Math.abs(Date.parse(found) - Date.now()) < 60_000);
  });

  it('may hold files of earlier builds, which say less', async () => {
    const { found } = await explore(update(false));
    const { failure, token = '', trace = [] } = found ?? {};
    await writeFile(
      join(corpus, 'old.json'),
      JSON.stringify({ test: 'lost update', token, failure, steps: trace }),
    );
    assert.equal((await explore(update(false), { corpus })).found?.token, token);
  });

  it('is run first the next time, before anything is searched', async () => {
    await explore(update(false), { corpus });
    const again = await explore(update(false), { corpus, seed: 99 });
    assert.equal(again.corpus.ran, 1);
    assert.equal(again.schedules, 0);
    assert.match(again.toString(), /run from its token/);
  });

  it('says which of its schedules can no longer be followed, and exactly where', async () => {
    const { found } = await explore(update(false), { corpus });
    const first = found?.trace[0]?.task;
    const after = await explore(update(true), { corpus });
    assert.ok(after.passed);
    assert.deepEqual(after.corpus.outdated, [
      `${found?.token} (step 1 was ${first}: get, and is now ${first}: add)`,
    ]);
  });

  it('leaves the schedules of other tests and versions alone', async () => {
    await explore(update(false, '1'), { corpus });
    assert.equal((await explore(update(false, '2'), { corpus, shrink: 0 })).corpus.ran, 0);
  });

  it('with a damaged file is refused with the name of the file', async () => {
    await writeFile(join(corpus, 'bad.json'), '{"test":');
    await assert.rejects(explore(update(false), { corpus }), {
      code: 'TESTER_CORPUS_UNREADABLE',
      message: /bad\.json/,
    });
  });
});
