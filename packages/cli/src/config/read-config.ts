import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DEFAULT_CONTROL, nearestName, parseControlUrl } from '@changeover/stores';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type CliError, configError } from '../cli-error.ts';
import type { Config, ConfigPath } from './config.ts';
import { configSchema, keysAt } from './config-schema.ts';

const HINT = 'docs/reference/config.md has a complete example.';
/** Far more than anybody writes by hand; a wrong file is told before all of it is parsed. */
const CHARACTERS_MAX = 1_000_000;

/**
 * Reads a config, and checks it as far as it goes by itself: no store is opened.
 *
 * `file` is relative to `cwd`. Throws `CLI_CONFIG_INVALID`, with the file, the line and the path of the key.
 */
export async function readConfig(file: string, cwd: string): Promise<Config> {
  const path = resolve(cwd, file);
  const lines = new LineCounter();
  const document = parseDocument(await read(path, file), { lineCounter: lines });
  const placeOf = (...keys: ConfigPath) => place(file, document, lines, keys);
  refuseSyntax(file, document);
  const parsed = configSchema.safeParse(valueOf(document, file));
  if (!parsed.success) throw issueError(parsed.error.issues, placeOf);
  const { control = DEFAULT_CONTROL, ...rest } = parsed.data;
  const controlPath = parseControlUrl(control);
  if (controlPath === undefined) {
    throw configError(
      `${placeOf('control')}: does not name a control store: ${JSON.stringify(control)}`,
      'Write sqlite: and the path of a file.',
    );
  }
  const directory = dirname(path);
  return { ...rest, file, directory, controlPath: resolve(directory, controlPath), placeOf };
}

async function read(path: string, file: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw configError(`the config ${file} cannot be read: ${messageOf(cause)}`, 'Check the path.', cause);
  });
  if (text.length <= CHARACTERS_MAX) return text;
  throw configError(`${file} is too long to be a config`, HINT);
}

function refuseSyntax(file: string, { errors, warnings }: Document.Parsed): void {
  const [problem] = [...errors, ...warnings];
  if (!problem) return;
  const [first = ''] = problem.message.split('\n');
  const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
  const message = first.replace(/ at line \d+, column \d+:?$/, '');
  throw configError(`${file}:${line}: column ${col}: ${message}`, `A config is YAML; ${HINT}`);
}

/** Aliases that multiply without end are refused by the parser, as it resolves them. */
function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw configError(`${file}: ${messageOf(cause)}`, HINT, cause);
  }
}

type Issue = z.core.$ZodIssue;

/** One thing at a time; a key that is mistyped is the cause of the one that is missing. */
function issueError(issues: readonly Issue[], placeOf: Config['placeOf']): CliError {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = (issue?.path ?? []) as ConfigPath;
  if (issue?.code === 'unrecognized_keys') return unknownKey(issue.keys[0] ?? '', path, placeOf);
  return configError(`${placeOf(...path)}: ${issue?.message ?? 'is not valid'}`, HINT);
}

function unknownKey(key: string, path: ConfigPath, placeOf: Config['placeOf']): CliError {
  const known = keysAt(path);
  const near = nearestName(key, known);
  const list = `Known here: ${known.join(', ')}.`;
  return configError(
    `${placeOf(...path, key)}: there is no such key`,
    near === undefined ? list : `Did you mean ${near}? ${list}`,
  );
}

/** `move.yaml:7: tables[1].where`. A key that is not there has the line of what it should be in. */
function place(file: string, document: Document.Parsed, lines: LineCounter, path: ConfigPath): string {
  const offset = offsetOf(document, path);
  const line = offset === undefined ? 1 : lines.linePos(offset).line;
  return `${file}:${line}${path.length === 0 ? '' : `: ${pathText(path)}`}`;
}

function offsetOf(document: Document.Parsed, path: ConfigPath): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && keyText(item.key) === key)
      : undefined;
    const node = pair ? pair.key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) ? document.contents.range?.[0] : undefined;
}

function keyText(key: unknown): string {
  return isNode(key) ? String(key.toJSON()) : String(key);
}

function pathText(path: ConfigPath): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
