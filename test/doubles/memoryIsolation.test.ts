// The places in memory that the engine's tests run on keep what the real ones promise.
import { type FolderFiles, isolationConformance } from '../ports/isolationConformance';
import { MemoryIsolation } from './memoryIsolation';

/** Asked anew each time, for a place that is prepared is another tree. */
function filesIn(tree: Pick<MemoryIsolation, 'files' | 'modes'>): FolderFiles {
  return {
    read: (path) => tree.files.get(path) ?? null,
    write: (path, text) => void tree.files.set(path, text),
    remove: (path) => {
      tree.files.delete(path);
      tree.modes.delete(path);
    },
    chmod: (path, mode) => void tree.modes.set(path, mode),
    mode: (path) => tree.modes.get(path) ?? 0o644,
    paths: () => [...tree.files.keys()].sort(),
  };
}

isolationConformance('places in memory', async ({ files, ignored, sharedGlobs }) => {
  const isolation = new MemoryIsolation({ ignored, sharedGlobs });
  for (const [path, text] of Object.entries(files)) isolation.put(path, text);
  return {
    isolation,
    workspace: filesIn(isolation),
    place: (slot) => filesIn(isolation.treeOf(slot)),
    dispose: async () => {},
  };
});
