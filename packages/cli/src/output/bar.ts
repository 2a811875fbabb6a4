import { DefaultRenderer, Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';
import type { TextOutput } from '../text-output.ts';

/** Draws on standard error, which may be a terminal while standard output is a pipe. */
class TerminalRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

export type BarTask = ListrTask<object, typeof TerminalRenderer>;

interface TaskLine {
  title: string;
  output: string;
}

/** Resolves when the bar and those below it have ended, well or not, and their last state stands on the terminal. */
export async function drawBars(task: BarTask, { stream }: TextOutput): Promise<void> {
  const processOutput = new ProcessOutput(stream as NodeJS.WriteStream, stream as NodeJS.WriteStream);
  const list = new Listr<object, typeof TerminalRenderer>([task], {
    renderer: TerminalRenderer,
    rendererOptions: {
      logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput }),
      formatOutput: 'truncate',
      collapseErrors: false,
      showErrorMessage: false,
    },
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
  });
  await list.run();
}

/** One line: its text, and when it ends. */
export class Bar {
  readonly name: string;
  readonly ended: Promise<void>;
  #title: string;
  #line: TaskLine | undefined;
  #settle: (well: boolean) => void = () => {};

  constructor(name: string) {
    this.name = name;
    this.#title = name;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = (well) => (well ? resolve() : reject(new Error(name)));
    });
    // Bars that end badly before they were ever drawn have nobody to tell.
    this.ended.catch(() => {});
  }

  task(): BarTask {
    return {
      title: this.name,
      task: (_, task) => {
        this.attach(task);
        return this.ended;
      },
    };
  }

  attach(line: TaskLine): void {
    this.#line = line;
    line.title = this.#title;
  }

  show(title: string): void {
    this.#title = title;
    if (this.#line) this.#line.title = title;
  }

  note(message: string): void {
    if (this.#line) this.#line.output = message;
  }

  end(well: boolean): void {
    this.#settle(well);
  }
}
