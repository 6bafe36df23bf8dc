// Ends, because a person said so, the process that owns a workspace and does not answer.
import { createProcessTerminator } from '../adapters/process/processTree';
import type { OwnerProcess } from '../hub/discovery';
import { Failure } from '../ports/failure';

/**
 * That process alone, and only if it still is the one that was meant: what it started ends with it or is ended by the
 * next owner, which finds it on record. Throws `Failure` (`denied`) when it is another user's.
 */
export async function endOwner(owner: OwnerProcess): Promise<void> {
  if (!(await createProcessTerminator().isAlive(owner))) return;
  try {
    process.kill(owner.pid, 'SIGKILL'); // one that is stopped hears nothing else
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return; // it was quicker
    throw new Failure('denied', `Process ${owner.pid} could not be ended (${code}).`, { cause: error });
  }
}
