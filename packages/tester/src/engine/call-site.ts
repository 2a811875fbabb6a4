/** Frames of the tester itself, and of Node. */
const INSIDE = /[\\/]tester[\\/](src|dist)[\\/]|node:|<anonymous>\)?$/;

/**
 * Where the code under test stands. Taking it down is cheap; finding out the line is not, and is done only when asked:
 * the engine writes an error's stack when it is first read.
 */
export class CallSite {
  private readonly error: Error;

  constructor() {
    // Ten lines, the usual number, may all be Node's own.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 40;
    this.error = new Error('here');
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** The line of the code under test that was being run, from the working directory if below; undefined if none was. */
  get line(): string | undefined {
    return this.lines()[0];
  }

  /** The line that called the file in which that stands: what is behind a wrapper that all calls go through. */
  get caller(): string | undefined {
    const [line, ...callers] = this.lines();
    return line && callers.find((each) => fileOf(each) !== fileOf(line));
  }

  private lines(): string[] {
    return (this.error.stack ?? '')
      .split('\n')
      .slice(1)
      .filter((each) => !INSIDE.test(each) && /[(\s]\S+:\d+:\d+\)?$/.test(each))
      .map((each) => each.replace(/^\s*at (async )?/, '').replaceAll('file://', ''))
      .map((each) => each.replace(`${process.cwd()}/`, ''));
  }
}

function fileOf(line: string): string | undefined {
  return /([^\s(]+):\d+:\d+\)?$/.exec(line)?.[1];
}
