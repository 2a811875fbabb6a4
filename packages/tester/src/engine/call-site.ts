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

  /** The line of the code under test that was being run, from the working directory if it is below; undefined if none was. */
  get line(): string | undefined {
    const lines = (this.error.stack ?? '').split('\n').slice(1);
    const line = lines.find((each) => !INSIDE.test(each) && /[(\s]\S+:\d+:\d+\)?$/.test(each));
    return line
      ?.replace(/^\s*at (async )?/, '')
      .replaceAll('file://', '')
      .replace(`${process.cwd()}/`, '');
  }
}
