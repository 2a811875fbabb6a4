import { describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';

const MOVE = ['move', 'sqlite:a.db', 'sqlite:b.db'];

describe('arguments that make no sense end with exit 2, and say what to do', () => {
  test.each([
    [[], 'no verb was given', '"changeover --help"'],
    [['mov'], "unknown command 'mov'", 'Did you mean move?'],
    [['move'], "missing required argument 'source'", '"changeover move --help"'],
    [['move', 'sqlite:a.db'], "missing required argument 'target'", '"changeover move --help"'],
    [[...MOVE, 'more'], 'too many arguments', '"changeover move --help"'],
    [[...MOVE, '--setpu'], "unknown option '--setpu'", 'Did you mean --setup?'],
    [[...MOVE, '--threads'], "option '--threads <number>' argument missing", '"changeover move --help"'],
    [[...MOVE, '--recreate', '--into-existing'], 'contradict each other', 'Choose one'],
    [[...MOVE, '--recreate', '--copy'], '--recreate drops tables in the setup step', 'Add --setup'],
    [
      [...MOVE, '--report', 'r.ndjson', '--copy'],
      '--report is written by the validate step',
      'Add --validate',
    ],
    [[...MOVE, '--delete-extra'], '--delete-extra says what --repair may do', 'Add --repair.'],
    [[...MOVE, '--dry-run'], '--dry-run is for what destroys', 'changeover plan'],
    [[...MOVE, '--dry-run', '--repair', '--copy'], 'can foresee no other step', 'Name --repair alone.'],
    [
      [...MOVE, '--control', 'nats://host'],
      '--control does not name a control store: "nats://host"',
      'Write sqlite:',
    ],
    [['status', '--control', 'sqlite:'], '--control does not name a control store', 'Write sqlite:'],
    [['status', '--control', 'sqlite:c.db?x=1'], '--control does not name a control store', 'Write sqlite:'],
    [['abandon'], "missing required argument 'job'", '"changeover abandon --help"'],
  ])('%j', async (argv, message, hint) => {
    const { exit, stderr, stdout } = await capturedRun(argv);
    expect({ exit, stdout: stdout.text }).toEqual({ exit: 2, stdout: '' });
    expect(stderr.lines[0]).toMatch(/^error: .* \(CLI_USAGE\)$/);
    expect(stderr.lines[0]).toContain(message);
    expect(stderr.lines[1]).toMatch(/^hint: /);
    expect(stderr.lines[1]).toContain(hint);
    expect(stderr.lines).toHaveLength(2);
  });

  test.each(['--threads', '--batch-rows', '--rate'])(
    '%s takes whole numbers only, and says so',
    async (option) => {
      for (const number of ['0', '-1', '1.5', '1e3', 'many', '', '99999999999']) {
        const { exit, stderr } = await capturedRun([...MOVE, option, number]);
        expect({ number, exit }).toEqual({ number, exit: 2 });
        expect(stderr.lines[0]).toContain(option);
        expect(stderr.lines[0]).toContain('a whole number from 1 to');
      }
    },
  );

  test('CHANGEOVER_CONTROL is checked like --control', async () => {
    const { exit, stderr } = await capturedRun(['status'], { env: { CHANGEOVER_CONTROL: 'c.db' } });
    expect({ exit, first: stderr.lines[0] }).toEqual({
      exit: 2,
      first: 'error: CHANGEOVER_CONTROL does not name a control store: "c.db" (CLI_USAGE)',
    });
  });

  test('with --json the last line of standard output says the same', async () => {
    const { exit, stdout } = await capturedRun(['move', '--json', 'sqlite:a.db', '--bad']);
    expect({ exit, last: stdout.events.at(-1) }).toMatchObject({
      exit: 2,
      last: {
        v: 1,
        event: 'failed',
        job: null,
        step: null,
        code: 'CLI_USAGE',
        exit: 2,
        message: "unknown option '--bad'",
      },
    });
  });
});

describe('a filter that does not parse', () => {
  test('is told with its column', async () => {
    const { exit, stderr } = await capturedRun([...MOVE, '--where', "PartitionKey eq 'FR' and"]);
    expect({ exit, first: stderr.lines[0] }).toEqual({
      exit: 2,
      first: expect.stringMatching(/column 25.*TABLE_FILTER_INVALID/),
    });
  });
});

describe('help', () => {
  test('goes to standard output, and is no error', async () => {
    const { exit, stdout, stderr } = await capturedRun(['--help']);
    expect({ exit, stderr: stderr.text }).toEqual({ exit: 0, stderr: '' });
    for (const verb of ['move', 'status', 'abandon', 'completion'])
      expect(stdout.text).toContain(`\n  ${verb} `);
  });

  test.each(['move', 'status', 'abandon'])('of %s names the options that every verb has', async (verb) => {
    const { exit, stdout } = await capturedRun([verb, '--help']);
    expect(exit).toBe(0);
    for (const option of ['--json', '--quiet', '--debug', '--config <file>', '--control <url>'])
      expect(stdout.text).toContain(option);
  });

  test('of the version is a version', async () => {
    const { exit, stdout } = await capturedRun(['--version']);
    expect({ exit, text: stdout.text }).toEqual({
      exit: 0,
      text: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('--debug', () => {
  test('adds the stack', async () => {
    const { stderr } = await capturedRun([...MOVE, '--where', '(', '--debug']);
    expect(stderr.text).toContain('\n    at ');
  });
});
