// The tools that take a file away or give it another name: both names locked first, and both put back if the work fails.
import { lockAndRead, nowIs, whyUnseen } from './editTools';
import { defineTool, done, failed, refused } from './tool';

export const deleteFile = defineTool('delete_file', {
  step: ({ path }) => `deleting ${path}`,
  target: ({ path }) => path,
  async run({ path: asked }, context) {
    const locked = await lockAndRead(asked, context);
    if (!locked.ok) return locked.answer;
    const { path, file, waited } = locked;
    if (file === null) return failed(`There is no file ${path}.`);
    const unseen = whyUnseen(path, file, context);
    if (unseen) return failed(`${path} ${unseen}. Nothing was deleted. ${nowIs(path, file, context)}`);
    const gone = await context.coordinator.writeFile({ path, baseHash: file.hash, content: null });
    if (!gone.ok) return refused(gone.error);
    context.shown.delete(path);
    return done(`Deleted ${path}.${waited}`, `Deleted ${path}`);
  },
});

export const moveFile = defineTool('move_file', {
  step: ({ from, to }) => `moving ${from} to ${to}`,
  target: ({ from }) => from,
  async run({ from, to }, context) {
    const source = await lockAndRead(from, context);
    if (!source.ok) return source.answer;
    if (source.file === null) return failed(`There is no file ${source.path}.`);
    const target = await lockAndRead(to, context);
    if (!target.ok) return target.answer;
    if (target.file !== null) return failed(`There is a file ${target.path} already. Nothing was moved.`);
    const { hash } = source.file;
    const moved = await context.coordinator.moveFile({ from: source.path, to: target.path, baseHash: hash });
    if (!moved.ok) return refused(moved.error);
    if (context.shown.get(source.path) === hash) context.shown.set(target.path, hash);
    context.shown.delete(source.path);
    const told = `Moved ${source.path} to ${target.path}.`;
    return done(told + source.waited + target.waited, told);
  },
});
