// Watches a folder from outside the programs that write to it, and notes which files changed when.
import { createHash } from 'node:crypto';
import { readFileSync, watch } from 'node:fs';
import path from 'node:path';

export interface Seen {
  readonly path: string;
  readonly atMs: number;
  /** Null when the file was gone. */
  readonly hash: string | null;
}

export interface TreeWatcher {
  readonly seen: readonly Seen[];
  close(): void;
}

/** Leaves out `.parallel-agents`, and tells of a file only when its content is another than before. */
export function watchTree(dir: string): TreeWatcher {
  const seen: Seen[] = [];
  const last = new Map<string, string | null>();
  const watcher = watch(dir, { recursive: true }, (_kind, name) => {
    if (name === null) return;
    const file = name.split(path.sep).join('/');
    if (file === '.parallel-agents' || file.startsWith('.parallel-agents/')) return;
    const hash = hashOf(path.join(dir, file));
    if (hash === undefined || (last.has(file) && last.get(file) === hash)) return;
    last.set(file, hash);
    seen.push({ path: file, atMs: Date.now(), hash });
  });
  watcher.on('error', () => undefined);
  return { seen, close: () => watcher.close() };
}

/** Undefined for a folder. */
function hashOf(file: string): string | null | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR' ? undefined : null;
  }
}
