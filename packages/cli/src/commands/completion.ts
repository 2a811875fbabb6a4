import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash-script.ts';
import { commandTree } from '../completion/command-tree.ts';
import { zshScript } from '../completion/zsh-script.ts';
import type { Invocation } from '../invocation.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript } as const;

const HELP = `
bash, in ~/.bashrc:  source <(changeover completion bash)
zsh, once:           changeover completion zsh > "\${fpath[1]}/_changeover"
`;

export function addCompletionCommand(program: Command, { io }: Invocation): void {
  program
    .command('completion')
    .summary('print a script that completes this command in a shell')
    .description('Prints a script that completes verbs and options in a shell.')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SCRIPTS) => io.stdout.write(SCRIPTS[shell](commandTree(program))));
}
