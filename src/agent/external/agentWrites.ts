// Writes a file for an agent of another maker that leaves it to us.
import type { WorkspacePath } from '../../core/locks/lockPath';
import { type Result, refuse } from '../../core/shared/result';
import type { Coordinator } from '../../ports/coordinator';
import type { CopyFiles } from '../../ports/copyFiles';
import { Failure } from '../../ports/failure';
import type { AgentCalls } from './agentCalls';

export interface AgentWrite {
  readonly path: Result<WorkspacePath>;
  /** The path as the agent named it. */
  readonly seen: string;
  readonly content: string;
}

/** Counted, locked, and over what is there now. */
export async function writeFor(
  { path, seen, content }: AgentWrite,
  calls: AgentCalls,
  { coordinator, files }: { readonly coordinator: Coordinator; readonly files: CopyFiles },
): Promise<Result<object>> {
  const write = async (): Promise<Result<object>> => {
    if (!path.ok) return path;
    const why = await calls.countWrite(seen);
    if (why !== undefined) return refuse('limitReached', why);
    const lock = await coordinator.lockFile({ path: path.value });
    if (!lock.ok) return lock;
    const file = await files.read(path.value);
    if (!file.ok) return file;
    const baseHash = file.value?.hash ?? null;
    return coordinator.writeFile({ path: path.value, baseHash, content: content.replaceAll('\r\n', '\n') });
  };
  const done = await write().catch((error: unknown) => {
    if (Failure.is(error)) return refuse('stopped', error.message); // its next question ends the attempt
    throw error;
  });
  if (done.ok) calls.wrote();
  else calls.refused(`Writing ${seen}: ${done.error.message}`);
  return done;
}
