import type { CommonOptions } from '../common-options.ts';
import type { Invocation } from '../invocation.ts';
import { createLiveView } from './create-live-view.ts';
import type { LiveView } from './live-view.ts';
import type { LiveWorld } from './live-world.ts';

/** Hands `work` a view of what it does, which is told when the run is asked to stop, and how it ended. */
export async function withLiveView<T>(
  { control, signal }: LiveWorld,
  options: CommonOptions,
  invocation: Invocation,
  work: (view: LiveView) => Promise<T>,
): Promise<T> {
  const view = createLiveView(options, invocation);
  const onStop = () => view.onStop();
  let well = false;
  view.onControl(control.location);
  signal.addEventListener('abort', onStop);
  try {
    const result = await work(view);
    well = true;
    return result;
  } finally {
    signal.removeEventListener('abort', onStop);
    await view.close(well);
  }
}
