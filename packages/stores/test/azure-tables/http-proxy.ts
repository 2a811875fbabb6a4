import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of a request. `lose the answer` lets it be carried out, and cuts the connection then; `keep silent` never
 * answers, and does nothing.
 */
export type Verdict =
  | 'pass'
  | 'busy'
  | 'cut'
  | 'keep silent'
  | 'lose the answer'
  | { readonly status: number; readonly body: string };

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const BUSY = {
  status: 503,
  body: '{"odata.error":{"code":"ServerBusy","message":{"lang":"en-US","value":"The server is busy."}}}',
};

/** A service that fails on demand, between a client and the real one, request by request. */
export class HttpProxy {
  readonly port: number;
  /** What was asked for so far, oldest first. */
  readonly asked: Asked[] = [];
  readonly #server: Server;
  #verdict: (asked: Asked) => Verdict = () => 'pass';

  static async open(target: { readonly host: string; readonly port: number }): Promise<HttpProxy> {
    let proxy: HttpProxy | undefined;
    const server = createServer((incoming, outgoing) => void proxy?.carry(incoming, outgoing, target));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = new HttpProxy(server, (server.address() as AddressInfo).port);
    return proxy;
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Decides on every request from now on. */
  answer(verdict: Verdict | ((asked: Asked) => Verdict)): void {
    this.#verdict = typeof verdict === 'function' ? verdict : () => verdict;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async carry(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    target: { readonly host: string; readonly port: number },
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const asked = { method: incoming.method ?? '', url: incoming.url ?? '', body: body.toString() };
    this.asked.push(asked);
    let verdict = this.#verdict(asked);
    if (verdict === 'busy') verdict = BUSY;
    if (typeof verdict === 'object') {
      outgoing.writeHead(verdict.status, { 'Content-Type': 'application/json' }).end(verdict.body);
      return;
    }
    if (verdict === 'cut') return void incoming.socket.destroy();
    if (verdict === 'keep silent') return;
    const { host, port } = target;
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = request({ host, port, method, path: url, headers }, (answer) => {
      if (verdict === 'lose the answer') {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    onward.end(body);
  }
}
