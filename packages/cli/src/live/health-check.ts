import { spawn } from 'node:child_process';
import type { DriveOptions } from 'changeover/coordinator';
import type { Io } from '../io.ts';

type HealthCheck = NonNullable<DriveOptions['healthy']>;

/** What is kept of a command's last words. */
const KEPT_CHARACTERS = 10_000;

/** A shell command that says whether the application is well: if it fails, the last line that it complains with is why not. */
export function healthyBy(command: string, { env, cwd, signal }: Io): HealthCheck {
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(command, { shell: true, cwd, env, signal, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-KEPT_CHARACTERS);
      });
      child.once('error', (error) => (signal.aborted ? reject(signal.reason) : resolve(error.message)));
      child.once('close', (exit, killer) => {
        if (exit === 0) return resolve(undefined);
        const how = killer === null ? `ended with exit ${exit}` : `was ended by ${killer}`;
        resolve(said.trimEnd().split('\n').at(-1) || `the health check ${how}`);
      });
    });
}
