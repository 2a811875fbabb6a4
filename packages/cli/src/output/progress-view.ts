import type { MoveEvent } from 'changeover/move';

/** Something that shows a move while it works. */
export interface ProgressView {
  /** Where the control store is; said once, before the first event. */
  onControl(location: string): void;
  onEvent(event: MoveEvent): void;
  /** Stops showing, whether the move ended well or not. */
  close(): Promise<void>;
}

export type ProgressEvent = MoveEvent & { readonly event: 'progress' };

/** For `--quiet`: only the end is told, and that by others. */
export const silentView: ProgressView = {
  onControl: () => {},
  onEvent: () => {},
  close: () => Promise.resolve(),
};
