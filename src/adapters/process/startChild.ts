// Starts a child process, or says with a `Failure` why the system did not.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../ports/failure';
import { reasonOf } from '../files/fileFailure';

/**
 * Resolves when the system has made the process, in the turn that made it; throws `Failure` (`spawn`) otherwise. Node
 * reports some reasons by an event and throws others.
 * @param about what the failure is to tell besides
 */
export async function startChild<Child extends ChildProcess>(
  what: string,
  start: () => Child,
  about: { readonly inCommand?: boolean } = {},
): Promise<Child> {
  try {
    const child = start();
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(
      reasonOf(cause) === 'tooManyOpen' ? 'tooManyOpen' : 'spawn',
      `Could not start ${what}: ${because}`,
      { cause, ...about },
    );
  }
}
