import { type ControlDependencies, ControlError, MemoryControl } from 'changeover/control';
import type { ControlFactory } from 'changeover/control/contract';
import { seededRandom, VirtualClock } from 'changeover/std';

type MemoryConstructor = new (dependencies: ControlDependencies, sibling?: MemoryControl) => MemoryControl;

/** Subjects whose handles are of the given class, all on the same data. */
export function memoryFactory(constructor: MemoryConstructor): ControlFactory {
  return {
    offers: { outage: true },
    create: async () => {
      const clock = new VirtualClock(1_000_000);
      const dependencies = { clock, random: seededRandom(1) };
      const first = new constructor(dependencies);
      const handles: MemoryControl[] = [];
      return {
        clock,
        advance: (ms) => clock.advance(ms),
        open: async () => {
          const handle = new constructor(dependencies, first);
          handles.push(handle);
          return handle;
        },
        startOutage: async () => {
          const lifts = handles.map(breakWrites);
          return { lift: async () => lifts.forEach((lift) => lift()) };
        },
        close: async () => {
          for (const handle of handles) await handle.close();
        },
      };
    },
  };
}

const WRITES = ['_put', '_delete', '_openSession', '_renewSession', '_endSession', '_append'] as const;

/** Lets every write of the handle fail until the returned function is called. */
function breakWrites(handle: MemoryControl): () => void {
  for (const name of WRITES) Object.defineProperty(handle, name, { value: notAnswering, configurable: true });
  return () => {
    for (const name of WRITES) Reflect.deleteProperty(handle, name);
  };
}

async function notAnswering(): Promise<never> {
  throw new ControlError('CONTROL_UNAVAILABLE', 'the store does not answer', { effect: 'none' });
}
