import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where Chromium is on this machine, if it is anywhere. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: object;
  readonly result?: object;
  readonly error?: { readonly message: string };
}

/** One page in a browser of its own, told what to do by messages through pipes: no port, no library. */
export class Browser {
  /** What the page has complained of. */
  readonly complaints: string[] = [];
  private readonly process: ChildProcess;
  private readonly profile: string;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private session: string | undefined;
  private last = 0;
  private received = '';

  private constructor(chromium: string, profile: string) {
    this.profile = profile;
    const options = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--remote-debugging-pipe',
    ];
    this.process = spawn(chromium, [...options, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    (this.process.stdio[4] as Readable).on('data', (chunk: Buffer) => this.receive(chunk.toString()));
  }

  /** @param url of the page */
  static async open(chromium: string, url: string): Promise<Browser> {
    const browser = new Browser(chromium, await mkdtemp(join(tmpdir(), 'browser-')));
    const { targetId } = await browser.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
    });
    const how = { targetId, flatten: true };
    browser.session = (await browser.send<{ sessionId: string }>('Target.attachToTarget', how)).sessionId;
    await browser.send('Log.enable');
    await browser.send('Runtime.enable');
    await browser.send('Page.enable');
    await browser.send('Page.navigate', { url });
    await browser.evaluate(
      `new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))`,
    );
    return browser;
  }

  /** What an expression is in the page; promises are awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result } = await this.send<{ result: { value: unknown } }>('Runtime.evaluate', how);
    return result.value;
  }

  async press(key: string): Promise<void> {
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async prefer(scheme: 'light' | 'dark'): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    void this.send('Browser.close');
    await gone;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  send<T = object>(method: string, params: object = {}): Promise<T> {
    const id = ++this.last;
    const sessionId = this.session;
    (this.process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result as T),
      );
    });
  }

  private receive(chunk: string): void {
    const messages = (this.received + chunk).split('\0');
    this.received = messages.pop() ?? '';
    for (const text of messages) this.heard(JSON.parse(text) as Message);
  }

  private heard({ id, method, params, ...rest }: Message): void {
    if (id !== undefined) this.waiting.get(id)?.(rest);
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      this.complaints.push(JSON.stringify(params));
    }
  }
}
