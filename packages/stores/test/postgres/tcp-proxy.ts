import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** What becomes of the bytes that a connection carries. `client` are the application's, `server` the server's. */
export type Verdict = 'pass' | 'hold' | 'cut';

export interface Carried {
  readonly from: 'client' | 'server';
  readonly bytes: Buffer;
}

/**
 * A TCP connection that fails on demand, between a client and a real server: it cuts, delays and half-delivers, at the
 * moment that the rule of a test picks.
 */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #rule: (carried: Carried) => Verdict | { readonly passBytes: number } = () => 'pass';
  #refuses = false;

  static async open(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    let proxy: TcpProxy | undefined;
    const server = createServer((client) => proxy?.carry(client, target));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a proxy has a port');
    proxy = new TcpProxy(server, address.port);
    return proxy;
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Decides on everything that is carried from now on. `passBytes` delivers so much of it, and then cuts. */
  rule(rule: (carried: Carried) => Verdict | { readonly passBytes: number }): void {
    this.#rule = rule;
  }

  /** Cuts every connection, and accepts no more. */
  cut(): void {
    this.#refuses = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Carries again, what was held first. */
  lift(): void {
    this.#refuses = false;
    this.#rule = () => 'pass';
    for (const deliver of this.#held.splice(0)) deliver();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  carry(client: Socket, target: { readonly host: string; readonly port: number }): void {
    if (this.#refuses) return void client.destroy();
    const server = createConnection(target);
    for (const [socket, peer, from] of [
      [client, server, 'client'],
      [server, client, 'server'],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('data', (bytes) => this.#deliver({ from, bytes }, socket, peer));
      socket.on('error', () => peer.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
  }

  #deliver(carried: Carried, socket: Socket, peer: Socket): void {
    const verdict = this.#rule(carried);
    const deliver = () => void (peer.destroyed || peer.write(carried.bytes));
    if (verdict === 'pass') return deliver();
    if (verdict === 'hold') return void this.#held.push(deliver);
    if (verdict !== 'cut') peer.end(carried.bytes.subarray(0, verdict.passBytes));
    socket.destroy();
    if (verdict === 'cut') peer.destroy();
  }
}
