// The tools that take and give back a file lock by name.
import type { LockGrant } from '../../ports/coordinator';
import { defineTool, done, pathAsked, refused } from './tool';

export const claimFile = defineTool('claim_file', {
  step: ({ path }) => `claiming ${path}`,
  target: ({ path }) => path,
  async run({ path: asked, wait }, { coordinator, files }) {
    const path = await pathAsked(asked, files);
    if (!path.ok) return refused(path.error);
    const lock = await coordinator.lockFile({ path: path.value, wait });
    if (!lock.ok) return refused(lock.error);
    if (lock.value.shared) {
      const told = `${path.value} is changed by several agents at once`;
      return done(`${told}, each in its own copy: nobody holds it. Change as few lines as you can.`, told);
    }
    const told = lock.value.fresh ? `Claimed ${path.value}` : `${path.value} is yours already`;
    return done(`${told}. It may have changed since you last read it.${describeWait(lock.value)}`, told);
  },
});

export const releaseFile = defineTool('release_file', {
  step: ({ path }) => `releasing ${path}`,
  target: ({ path }) => path,
  async run({ path: asked }, { coordinator, files }) {
    const path = await pathAsked(asked, files);
    if (!path.ok) return refused(path.error);
    const released = await coordinator.releaseFile({ path: path.value });
    if (!released.ok) return refused(released.error);
    return done(`Released ${path.value}.`, `Released ${path.value}`);
  },
});

/**
 * What the waiting was for, as one more sentence, nothing for a moment that nobody would have noticed; and what others did
 * to the file meanwhile.
 */
export function describeWait({ waitedMs, waitedFor, notes = [] }: LockGrant): string {
  const waited =
    waitedMs < 1000 || waitedFor === undefined
      ? ''
      : ` You waited ${Math.round(waitedMs / 1000)} s for it; when you began to: ${waitedFor}`;
  return waited + notes.map((note) => `\n${note}`).join('');
}
