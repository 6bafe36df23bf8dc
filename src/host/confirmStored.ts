// Looks now and then whether what a host has stored is still there, also while nothing is written.
import type { Store } from '../ports/store';
import type { Clock } from '../ports/system';

/**
 * Nobody tells when a folder is removed, and a watch on it cannot be had where the system's are used up. Two looks at the
 * disk take 0.1 ms, and a removal is to be told within 5 s.
 */
const everyMs = 2_000;

/** @param onLost called once, with what `confirm` says; there is no further look @returns the way to stop */
export function keepConfirming(
  store: Pick<Store, 'confirm'>,
  clock: Clock,
  onLost: (cause: unknown) => void,
): () => void {
  let isStopped = false;
  let cancel = () => {};

  async function look(): Promise<void> {
    try {
      await store.confirm();
      if (!isStopped) arm();
    } catch (cause) {
      if (!isStopped) onLost(cause);
    }
  }
  function arm(): void {
    cancel = clock.after(everyMs, () => void look());
  }

  arm();
  return () => {
    isStopped = true;
    cancel();
  };
}
