import type { MoveStep } from 'changeover/move';
import { DefaultRenderer, Listr, ListrLogger, type ListrTask, ProcessOutput } from 'listr2';
import type { TextOutput } from '../text-output.ts';
import type { ProgressEvent } from './progress-view.ts';
import { barText, DOING } from './standing-text.ts';
import { StepTotals } from './step-totals.ts';

/** More than fit on a small terminal would flicker; then the total alone is drawn. */
const BARS_MAX = 12;

/** Draws on standard error, which may be a terminal while standard output is a pipe. */
class TerminalRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

interface TaskLine {
  title: string;
  output: string;
}

/** The bars of one step. What is told before they are drawn, or after they ended, does no harm. */
export class StepBars {
  readonly #totals: StepTotals;
  readonly #output: TextOutput;
  readonly #total: Bar;
  readonly #bars = new Map<string, Bar>();

  constructor(step: MoveStep, tables: readonly string[], output: TextOutput) {
    this.#output = output;
    this.#totals = new StepTotals(tables.length);
    this.#total = new Bar(tables.length === 1 ? `${DOING[step]} ${tables[0] ?? ''}` : DOING[step]);
    if (tables.length === 1 || tables.length > BARS_MAX || step === 'setup') return;
    for (const table of tables) this.#bars.set(table, new Bar(table));
  }

  /** Resolves when the step has finished or failed, and its last state stands on the terminal. */
  async draw(): Promise<void> {
    const { stream } = this.#output;
    const processOutput = new ProcessOutput(stream as NodeJS.WriteStream, stream as NodeJS.WriteStream);
    const list = new Listr<object, typeof TerminalRenderer>([this.#totalTask()], {
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

  update(event: ProgressEvent, show: boolean): void {
    this.#totals.add(event);
    if (!show) return;
    const bar = this.#bars.get(event.table);
    bar?.show(barText(event.table, event));
    if (event.finished) bar?.end(true);
    this.#total.show(barText(this.#total.name, this.#totals.read()));
  }

  notice(message: string): void {
    this.#total.note(message);
  }

  finish(): void {
    this.#end(true);
  }

  fail(): void {
    this.#end(false);
  }

  #end(well: boolean): void {
    for (const bar of this.#bars.values()) bar.end(well);
    this.#total.end(well);
  }

  #totalTask(): ListrTask<object, typeof TerminalRenderer> {
    const bars = [...this.#bars.values()];
    return {
      title: this.#total.name,
      task: (_, task) => {
        this.#total.attach(task);
        if (bars.length === 0) return this.#total.ended;
        return task.newListr(
          bars.map((bar) => bar.task()),
          { concurrent: true, exitOnError: false },
        );
      },
    };
  }
}

/** One line: its text, and when it ends. */
class Bar {
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

  task(): ListrTask<object, typeof TerminalRenderer> {
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
