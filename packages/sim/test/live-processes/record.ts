import type { Version, WriteKind } from 'changeover/table';
import type { Content } from '../../src/live/reference.ts';

/** A write as it was asked for: conditions are versions, as the application was given them. */
export interface RecordedWrite {
  readonly kind: WriteKind;
  readonly rowKey: string;
  readonly content: Content;
  readonly condition?: Version;
}

/** What an application asks of one partition. */
export type RecordedCall =
  | { readonly type: 'batch'; readonly partitionKey: string; readonly writes: readonly RecordedWrite[] }
  | { readonly type: 'get'; readonly partitionKey: string; readonly rowKey: string }
  | { readonly type: 'query'; readonly partitionKey: string; readonly flag?: boolean };

export interface RecordedRow {
  readonly rowKey: string;
  readonly version: Version;
  readonly content: Content;
}

/** What it is answered: the versions that a batch gave, null for none; a refusal; or rows. */
export type RecordedAnswer =
  | { readonly type: 'done'; readonly versions: readonly (Version | null)[] }
  | { readonly type: 'refused'; readonly code: string; readonly index: number }
  | { readonly type: 'rows'; readonly rows: readonly RecordedRow[] }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly effect: string | undefined;
      readonly message: string;
    };

/** A line of a client's file. Times are nanoseconds of a clock that all processes of the machine share. */
export type RecordedLine =
  | { readonly call: number; readonly at: number; readonly asked: RecordedCall }
  | { readonly returned: number; readonly at: number; readonly answer: RecordedAnswer };

/** The machine's monotonic clock, which a double holds to the nanosecond for a hundred days. */
export function nowNs(): number {
  return Number(process.hrtime.bigint());
}
