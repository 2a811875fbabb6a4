import type { MoveEvent } from 'changeover/move';

/** What Ctrl-C is answered with: the batches in flight may take a while. */
export const STOPPING = 'stopping cleanly; Ctrl-C again stops at once';

/** Something that shows a move while it works. */
export interface ProgressView {
  /** Where the control store is; said once, before the first event. */
  onControl(location: string): void;
  onEvent(event: MoveEvent): void;
  /** The run was asked to stop, and will once the batches in flight are done. */
  onStop(): void;
  /** Stops showing, whether the move ended well or not. */
  close(): Promise<void>;
}

export type ProgressEvent = MoveEvent & { readonly event: 'progress' };

/** For `--quiet`: only the end is told, and that by others. */
export const silentView: ProgressView = {
  onControl: () => {},
  onEvent: () => {},
  onStop: () => {},
  close: () => Promise.resolve(),
};
