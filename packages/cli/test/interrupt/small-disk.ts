import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder a file system of its own with 24 megabytes. Throws where this process may not mount one. */
export function mountSmallDisk(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
}

export function unmountSmallDisk(folder: string): void {
  execFileSync('umount', [folder], { stdio: 'ignore' });
}

export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'changeover-disk-'));
  try {
    mountSmallDisk(folder);
    unmountSmallDisk(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
