import { type CommandNode, flatten, type OptionNode, type WordNode } from './command-tree.ts';
import { shellQuote } from './shell-quote.ts';

/** A function for zsh, to be saved as `_changeover` in a directory of `$fpath`. */
export function zshScript(tree: CommandNode): string {
  const name = tree.path;
  const nodes = flatten(tree);
  return `#compdef ${name}
_${name}() {
  local at=${shellQuote(name)} word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
${nodes.flatMap(descentOf).join('')}    esac
  done
  case "$at \${words[CURRENT-1]}" in
${nodes.flatMap(valuesOf).join('')}  esac
  case "$at" in
${nodes.map(candidatesOf).join('')}  esac
  _describe ${name} candidates
  [[ $PREFIX == -* ]] || _files
}
_${name} "$@"
`;
}

function descentOf({ subcommands }: CommandNode): string[] {
  return subcommands.map(({ path }) => `      ${shellQuote(path)}) at=${shellQuote(path)} ;;\n`);
}

function valuesOf({ path, options }: CommandNode): string[] {
  return options.filter(({ value }) => value !== 'none').map((option) => valueCase(path, option));
}

function valueCase(path: string, { flag, value }: OptionNode): string {
  const pattern = shellQuote(`${path} ${flag}`);
  if (typeof value !== 'string')
    return `    ${pattern}) compadd -- ${value.map(shellQuote).join(' ')}; return ;;\n`;
  return value === 'file' ? `    ${pattern}) _files; return ;;\n` : `    ${pattern}) return ;;\n`;
}

function candidatesOf({ path, words, options }: CommandNode): string {
  const flags: WordNode[] = options.map(({ flag, description }: OptionNode) => ({ word: flag, description }));
  const all = [...words, ...flags].map(
    ({ word, description }) => `\n      ${shellQuote(`${word}:${description}`)}`,
  );
  return `    ${shellQuote(path)}) candidates=(${all.join('')}\n    ) ;;\n`;
}
