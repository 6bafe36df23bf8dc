// The tools that take and give back a file lock by name.
import { parseWorkspacePath } from '../../core/locks/lockPath';
import { fields, text } from './input';
import { defineTool, done, refused } from './tool';

const input = fields({ path: text('Path of the file, relative to the workspace, with forward slashes.') });

export const claimFile = defineTool({
  name: 'claim_file',
  description:
    'Locks a file for you before you change it, waiting while another agent holds it. Editing locks by itself; ' +
    'use this to be sure of several files before you begin, or of a file that does not exist yet.',
  input,
  step: ({ path }) => `claiming ${path}`,
  target: ({ path }) => path,
  async run({ path: asked }, { coordinator }) {
    const path = parseWorkspacePath(asked);
    if (!path.ok) return refused(path.error);
    const lock = await coordinator.lockFile(path.value);
    if (!lock.ok) return refused(lock.error);
    const told = lock.value.fresh ? `Claimed ${path.value}` : `${path.value} is yours already`;
    return done(`${told}. It may have changed since you last read it.`, told);
  },
});

export const releaseFile = defineTool({
  name: 'release_file',
  description:
    'Gives back the lock of a file that you have not changed, so that other agents need not wait for it.',
  input,
  step: ({ path }) => `releasing ${path}`,
  target: ({ path }) => path,
  async run({ path: asked }, { coordinator }) {
    const path = parseWorkspacePath(asked);
    if (!path.ok) return refused(path.error);
    const released = await coordinator.releaseFile(path.value);
    if (!released.ok) return refused(released.error);
    return done(`Released ${path.value}.`, `Released ${path.value}`);
  },
});
