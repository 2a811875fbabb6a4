import type { Command, Option } from 'commander';

/** A command as a shell completes it. */
export interface CommandNode {
  /** From the program's own name down: `changeover move`. */
  readonly path: string;
  readonly options: readonly OptionNode[];
  /** What may stand in place of an argument: the names of subcommands, or an argument's choices. */
  readonly words: readonly WordNode[];
  readonly subcommands: readonly CommandNode[];
}

export interface OptionNode {
  readonly flag: string;
  readonly description: string;
  /** `none` if it takes no value. */
  readonly value: 'none' | 'file' | 'text' | readonly string[];
}

export interface WordNode {
  readonly word: string;
  readonly description: string;
}

/** Everything that `command` takes, read off the parser itself, so that completions cannot lag behind it. */
export function commandTree(command: Command, above = ''): CommandNode {
  const path = above === '' ? command.name() : `${above} ${command.name()}`;
  const help = command.createHelp();
  return {
    path,
    options: help.visibleOptions(command).flatMap(optionNodes),
    words: [
      ...command.commands.map((each) => ({ word: each.name(), description: each.summary() })),
      ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((word) => ({ word, description })),
      ),
    ],
    subcommands: command.commands.map((each) => commandTree(each, path)),
  };
}

/** A command and all below it. */
export function flatten(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.subcommands.flatMap(flatten)];
}

function optionNodes(option: Option): OptionNode[] {
  const { long, description } = option;
  return long ? [{ flag: long, description, value: valueOf(option) }] : [];
}

function valueOf({ flags, required, optional, argChoices }: Option): OptionNode['value'] {
  if (!required && !optional) return 'none';
  return argChoices ?? (flags.includes('<file>') ? 'file' : 'text');
}
