// Places as a test has them that writes into one like a command: each call is over when the place rests, as before a command.
import type { Places } from '../../../src/adapters/isolation/places';

const calls = ['prepare', 'bringUpToDate', 'write', 'move', 'changes', 'putBack', 'lay', 'restore'] as const;

/** The same calls, each of which also waits for the slot's place. */
export function rested<T extends Pick<Places, (typeof calls)[number] | 'commandPlace'>>(places: T): T {
  return new Proxy(places, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || !calls.some((call) => call === name)) return value;
      return async (slot: number, ...others: readonly unknown[]) => {
        try {
          return await value.call(target, slot, ...others);
        } finally {
          await target.commandPlace(slot);
        }
      };
    },
  });
}
