import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What there is to see of a process. `hidden`: it is there, or may be, but does not show when it began. */
export type ProcessLook =
  | { readonly kind: 'running'; readonly start: string }
  | { readonly kind: 'gone' | 'hidden' };

/** Looks at the process with this id as it is now. A zombie, which can do nothing any more, is gone. */
export function lookAtProcess(pid: number): ProcessLook {
  if (!exists(pid)) return { kind: 'gone' };
  const look = process.platform === 'linux' ? lookInProc(pid) : lookWithPs(pid);
  // It may have ended in between. That its files are not there proves nothing: they can be hidden from other users.
  return look.kind === 'hidden' && !exists(pid) ? { kind: 'gone' } : look;
}

/** What Linux says of a process: `pid (name) state …`, where the name may hold anything, parentheses included. */
export function parseProcStat(text: string): ProcessLook {
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  // Counted from 1 in proc(5), where the name is field 2: the state is field 3, and so first here.
  const [state, threads, start] = [fields[0], fields[20 - 3], fields[22 - 3]];
  if (!text.includes(')') || start === undefined || !/^\d+$/.test(start)) return { kind: 'hidden' };
  // A zombie may have threads that still run, and finish what they were writing.
  if ((state === 'Z' || state === 'X') && Number(threads) <= 1) return { kind: 'gone' };
  return { kind: 'running', start };
}

/** What `ps -o state= -o lstart=` says: the state's letters, then the time at which the process began. */
export function parsePs(text: string): ProcessLook {
  const [state = '', ...start] = text.trim().split(/\s+/);
  if (start.length === 0) return { kind: 'hidden' };
  return state.startsWith('Z') ? { kind: 'gone' } : { kind: 'running', start: start.join(' ') };
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process" means that there is one, if perhaps another user's.
    return (error as { readonly code?: unknown }).code !== 'ESRCH';
  }
}

function lookInProc(pid: number): ProcessLook {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return { kind: 'hidden' };
  }
}

function lookWithPs(pid: number): ProcessLook {
  // The time must read the same whoever asks, whatever language and time zone they have.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { status, stdout } = spawnSync('ps', ['-o', 'state=', '-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env,
  });
  return status === 0 ? parsePs(stdout) : { kind: 'hidden' };
}
