import { type CommandNode, flatten, type OptionNode } from './command-tree.ts';
import { shellQuote } from './shell-quote.ts';

/** A script for bash to source. Where it offers nothing, bash completes the names of files. */
export function bashScript(tree: CommandNode): string {
  const name = tree.path;
  const nodes = flatten(tree);
  return `# Completion of ${name} for bash: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} at=${shellQuote(name)} word words= options=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "$at $word" in
${nodes.flatMap(descentOf).join('')}    esac
  done
  COMPREPLY=()
  case "$at $previous" in
${nodes.flatMap(valuesOf).join('')}  esac
  if [[ -z $words ]]; then
    case "$at" in
${nodes.map(wordsOf).join('')}    esac
    [[ $current != -* ]] || words=$options
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
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
  return typeof value === 'string'
    ? `    ${pattern}) return ;;\n`
    : `    ${pattern}) words=${shellQuote(value.join(' '))} ;;\n`;
}

function wordsOf({ path, words, options }: CommandNode): string {
  const list = (texts: readonly string[]) => shellQuote(texts.join(' '));
  const flags = list(options.map(({ flag }) => flag));
  return `      ${shellQuote(path)}) words=${list(words.map(({ word }) => word))} options=${flags} ;;\n`;
}
