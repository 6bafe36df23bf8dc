// Waiting that has an end: by time, or because somebody says so.
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../ports/failure';

/** What `work` settles to, or a rejection with the signal's reason if that comes first. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What `work` settles to, or a rejection with `Failure` (`unreachable`) after `ms`. It keeps the process alive. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(
    () =>
      late.abort(
        new Failure('unreachable', 'The host of this folder is not there yet; try again in a moment.'),
      ),
    ms,
  );
  return unlessAborted(work, late.signal).finally(() => clearTimeout(timer));
}

/** Keeps the process alive meanwhile. Rejects with the signal's reason when that fires first. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms > 0) await unlessAborted(pause(ms, undefined, { signal }), signal);
}
