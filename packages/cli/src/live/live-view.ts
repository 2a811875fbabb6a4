import type { LiveEvent } from 'changeover/coordinator';

/** Something that shows what becomes of a live migration. */
export interface LiveView {
  /** Where the control store is; said once, before anything else. */
  onControl(location: string): void;
  /** So many rows were looked at, before anything is made. */
  onChecked(rows: number): void;
  onEvent(event: LiveEvent): void;
  /** The run was asked to stop, and will soon. */
  onStop(): void;
  /** Stops showing, and shows how it ended. */
  close(well: boolean): Promise<void>;
}

export type LiveProgress = LiveEvent & { readonly event: 'progress' };

/** For `--quiet`: only the end is told, and that by others. */
export const silentLiveView: LiveView = {
  onControl: () => {},
  onChecked: () => {},
  onEvent: () => {},
  onStop: () => {},
  close: () => Promise.resolve(),
};
