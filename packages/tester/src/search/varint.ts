/** Writes whole numbers of any size from 0, seven bits to a byte, the lowest first. */
export class VarintWriter {
  private readonly bytes: number[] = [];

  write(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.bytes.push(rest);
    return this;
  }

  list(values: readonly number[]): this {
    this.write(values.length);
    for (const value of values) this.write(value);
    return this;
  }

  toString(): string {
    return Buffer.from(this.bytes).toString('base64url');
  }
}

export class VarintReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(text: string) {
    this.bytes = Buffer.from(text, 'base64url');
  }

  /** Throws a RangeError if there is nothing left. */
  read(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('it ends in the middle');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  list(): number[] {
    const length = this.read();
    if (length > this.bytes.length) throw new RangeError('it is longer than it can be');
    return Array.from({ length }, () => this.read());
  }

  get atEnd(): boolean {
    return this.at >= this.bytes.length;
  }
}
