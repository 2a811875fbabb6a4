import { number } from '../search/phrases.ts';
import type { Progress } from '../search/told.ts';

/** One line that is written over again and again, on a terminal; nothing elsewhere. */
export class ProgressLine {
  private readonly name: string;
  private readonly seconds: number | undefined;
  private readonly began = performance.now();
  private shown = 0;

  constructor(name: string, seconds: number | undefined) {
    this.name = name;
    this.seconds = seconds;
  }

  readonly tell = ({ schedules, traces }: Progress): void => {
    const now = performance.now();
    if (!process.stderr.isTTY || now - this.shown < 200) return;
    this.shown = now;
    const passed = (now - this.began) / 1000;
    const left =
      this.seconds === undefined ? '' : `, ${Math.max(0, this.seconds - passed).toFixed(0)} s left`;
    const rate = number(schedules / Math.max(passed, 0.001));
    const counts = `${number(schedules)} schedules, ${rate}/s, about ${number(traces)} traces`;
    process.stderr.write(`\r\u001B[2K${this.name}: ${counts}${left}`);
  };

  clear(): void {
    if (this.shown > 0) process.stderr.write('\r\u001B[2K');
  }
}
