// What an agent waits at, however long it takes until the test has seen what it wants to see.
import { writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from './smallProject';

export interface Gate {
  /** Is there once the gate is open. */
  readonly file: string;
  /** To be allowed by the user's settings; it may take as long as a command may. */
  readonly command: string;
  /** The turn that waits. */
  readonly wait: unknown;
  readonly open: () => void;
}

/** @param cleanUp what the test undoes in the end */
export async function gateFor(cleanUp: { push(undo: () => Promise<unknown>): unknown }): Promise<Gate> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-gate-')));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'open');
  const command = `until [ -e '${file}' ]; do sleep 0.05; done`;
  return { file, command, wait: call('run_command', { command }), open: () => writeFileSync(file, '') };
}
