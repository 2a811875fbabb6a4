import { type History, type Operation, showValue, type ViolationWindow } from '../history/index.ts';

/** An operation of a history, as text, and the steps of the schedule that it was under way in. */
export interface TracedOperation {
  readonly task: string;
  readonly input: string;
  /** Undefined if it never returned. */
  readonly output: string | undefined;
  readonly error: string | undefined;
  /** The step that it was invoked in, from 1: 0 is before the first, and one more than there are is the end. */
  readonly from: number;
  /** The step that it returned in; undefined if it never did: it may take effect at any later time. */
  readonly to: number | undefined;
  /** If the history cannot be explained: the operation that has no place, and those that go on beside it. */
  readonly part: 'culprit' | 'window' | undefined;
}

type Any = Operation<unknown, unknown>;

interface Span {
  readonly from: number;
  to: number | undefined;
  part: TracedOperation['part'];
}

/** Sees from outside when operations begin and end: histories do not know of steps, and need not. */
export class OperationSpans {
  private readonly histories: History<unknown, unknown>[] = [];
  private readonly spans: Map<number, Span>[] = [];

  watch(history: History<unknown, unknown>): void {
    this.histories.push(history);
    this.spans.push(new Map());
  }

  /** To be told after each step, 0 before the first. */
  stepped(step: number): void {
    this.each((operation, spans) => {
      const span = spans.get(operation.id) ?? { from: step, to: undefined, part: undefined };
      if (hasEnded(operation)) span.to ??= step;
      spans.set(operation.id, span);
    });
  }

  blame(
    history: History<unknown, unknown>,
    { culprit, operations }: ViolationWindow<unknown, unknown>,
  ): void {
    const spans = this.spans[this.histories.indexOf(history)];
    for (const { id } of operations) {
      const span = spans?.get(id);
      if (span) span.part = id === culprit.id ? 'culprit' : 'window';
    }
  }

  all(): TracedOperation[] {
    const traced: TracedOperation[] = [];
    this.each((operation, spans) => {
      const span = spans.get(operation.id);
      if (span) traced.push({ ...told(operation), ...span });
    });
    return traced;
  }

  private each(visit: (operation: Any, spans: Map<number, Span>) => void): void {
    for (const [at, history] of this.histories.entries()) {
      for (const operation of history.operations()) visit(operation, this.spans[at] as Map<number, Span>);
    }
  }
}

function hasEnded({ returnedAt }: Any): boolean {
  return returnedAt !== undefined;
}

function told({ task, input, output, error, returnedAt }: Any) {
  return {
    task,
    input: showValue(input),
    output: returnedAt === undefined ? undefined : showValue(output),
    error: error === undefined ? undefined : showValue(error),
  };
}
