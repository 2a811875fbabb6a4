import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { awkwardRows, Scene } from './scene.ts';

/** A file system of one megabyte, or undefined where this process may not mount one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'changeover-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();
afterAll(() => {
  if (!disk) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

test.skipIf(!disk)(
  'A disk that fills up ends a move with exit 4, loses nothing, and the move goes on with more room',
  async () => {
    const scene = await Scene.open(awkwardRows(20_000));
    const before = await scene.hash('source.db');
    const target = `sqlite:${join(disk ?? '', 'target.db')}#t`;
    const full = await scene.run('move', 'sqlite:source.db#t', target, '--json');
    expect(full.code).toBe(4);
    expect(JSON.parse(full.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'failed',
      code: 'TABLE_FULL',
      exit: 4,
      hint: expect.stringContaining('disk'),
    });
    expect(await scene.hash('source.db')).toBe(before);
    execFileSync('mount', ['-o', 'remount,size=64m', disk ?? '']);
    const rest = await scene.run('move', 'sqlite:source.db#t', target, '--json');
    expect(rest.code).toBe(0);
    const done = JSON.parse(rest.stdout.trim().split('\n').at(-1) ?? '') as unknown;
    expect(done).toMatchObject({
      event: 'done',
      validation: { compared: 20_000, missing: 0, extra: 0, different: 0 },
    });
    await scene.close();
  },
);
