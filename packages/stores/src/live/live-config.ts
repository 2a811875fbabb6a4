import type { Resolve } from 'changeover/cutover';
import type { OpenControl } from '../control-url.ts';
import type { OpenStore, ResolveOptions } from '../open-store.ts';
import { checkParameters, encodePlace } from '../store-url.ts';
import { LiveStore } from './live-store.ts';

/** What opens the stores below, and the control store: whoever loads this folder knows the other ones. */
export interface LiveDependencies {
  readonly openControl: OpenControl;
  resolve(url: string, options: ResolveOptions): ReturnType<Resolve>;
}

/**
 * Opens `live:NAME`, the table that the live migration NAME moves; the parameter `control` says where the control store
 * is, if that is not the one of `CHANGEOVER_CONTROL` or of the working directory.
 */
export function liveOpener({ openControl, resolve }: LiveDependencies): OpenStore {
  return async (url, options) => {
    checkParameters(url, ['control']);
    const name = url.place;
    const { control, url: controlUrl } = await openControl(url.parameters.get('control'), options);
    try {
      const opening = { control, resolve: (place: string) => resolve(place, options) };
      const store = await LiveStore.open(name, opening, options);
      const suffix = `?control=${encodeParameter(controlUrl)}`;
      return { store, prefix: `live:${encodePlace(name)}`, suffix, table: url.table ?? name };
    } catch (error) {
      await control.close();
      throw error;
    }
  };
}

/** Readable: only what would end the parameter, or be decoded, is encoded. */
function encodeParameter(value: string): string {
  return value.replaceAll(/[%#&]/g, encodeURIComponent);
}
