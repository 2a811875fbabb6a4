import type { MoveStep } from 'changeover/move';
import type { TextOutput } from '../text-output.ts';
import { Bar, type BarTask, drawBars } from './bar.ts';
import type { ProgressEvent } from './progress-view.ts';
import { barText, DOING } from './standing-text.ts';
import { StepTotals } from './step-totals.ts';

/** More than fit on a small terminal would flicker; then the total alone is drawn. */
const BARS_MAX = 12;

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
  draw(): Promise<void> {
    return drawBars(this.#totalTask(), this.#output);
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

  #totalTask(): BarTask {
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
