import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scenario } from '../engine/scenario.ts';
import { UsageError } from './request.ts';

export interface Named {
  /** What it is exported as. */
  readonly name: string;
  readonly scenario: Scenario<unknown, unknown>;
}

/** All that the file exports and that looks like a scenario, or the one that is named. */
export async function scenariosOf(file: string, name: string | undefined): Promise<readonly Named[]> {
  const exported = await imported(file);
  const found = Object.entries(exported)
    .filter(([key, value]) => (name === undefined || key === name) && isScenario(value))
    .map(([key, value]) => ({ name: key, scenario: value as Scenario<unknown, unknown> }));
  if (found.length > 0) return found;
  throw new UsageError(`${file} exports no scenario${name === undefined ? '' : ` "${name}"`}`);
}

/** The address of a module as Node finds it from the working directory. */
export function addressOf(module: string): string {
  if (/^(\.|\/|[a-z]:\\)/i.test(module)) return pathToFileURL(resolve(module)).href;
  const { resolve: find } = createRequire(join(process.cwd(), 'package.json'));
  try {
    return pathToFileURL(find(module)).href;
  } catch {
    return module; // Node says what it cannot find
  }
}

export function addressOfFile(file: string): string {
  return pathToFileURL(resolve(file)).href;
}

async function imported(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(addressOfFile(file))) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${file} cannot be imported: ${(error as Error).message}`);
  }
}

function isScenario(value: unknown): boolean {
  const { name, setup, tasks } = (value ?? {}) as Partial<Scenario<unknown, unknown>>;
  return typeof name === 'string' && typeof setup === 'function' && typeof tasks === 'function';
}
