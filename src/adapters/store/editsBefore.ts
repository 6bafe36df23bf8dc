// What older versions recorded of the files that attempts changed in the workspace, as publications that can be taken back.
import type { FeatureId, Fence } from '../../core/shared/ids';
import type { StagedFile } from '../../ports/isolation';
import type { PublicationRecord } from '../../ports/store';
import { isCount, isId, isText, nullable, optional, shapeOf } from './shape';
import type { SqlJsDatabase, Statement } from './sqlJsDatabase';
import { putPublication } from './statements';

/** A row of the table `edits`, up to version 5. Hashes name content that is kept in `.parallel-agents/blobs`; null: no file. */
export interface EditRow {
  readonly fence: Fence;
  readonly featureId: FeatureId;
  readonly path: string;
  readonly original: string | null;
  readonly mode: number | null;
  /** Undefined: nothing has been written yet. */
  readonly written?: string | null;
  /** A write that may or may not have happened when the process died. */
  readonly pending?: string | null;
  /** Several attempts changed the file by turns, each its own lines. */
  readonly shared?: object;
}

export interface TakenOver {
  readonly statements: readonly Statement[];
  /** For people: files that stay as unfinished attempts left them. */
  readonly words?: string;
}

/** The version of the tables that has no edits any more. */
export const firstOfPublications = 6;

const isEdit = shapeOf<EditRow>({
  fence: isId,
  featureId: isId,
  path: isText,
  original: nullable(isText),
  mode: nullable(isCount),
  written: optional(nullable(isText)),
  pending: optional(nullable(isText)),
  shared: optional(shapeOf<object>({})),
});

const mostNamed = 20;

/**
 * To be asked before the migration that drops the table. A write that may not have happened is taken for one that did;
 * where it did not, the file is found to be other than it was left, and stays.
 */
export function publicationsOfEdits(database: SqlJsDatabase): TakenOver {
  const edits = database
    .query('SELECT fence, body FROM edits ORDER BY fence, path')
    .map((row) => row.json<EditRow>('body', isEdit))
    .filter(({ written, pending }) => written !== undefined || pending !== undefined);
  const byFence = new Map<Fence, PublicationRecord>();
  const shared = new Set<string>();
  for (const edit of edits) {
    const { fence, featureId, path } = edit;
    // To put back the whole would take away what others did to it since.
    if (edit.shared) shared.add(path);
    const files = edit.shared ? [] : [stagedOf(edit)];
    const before = byFence.get(fence)?.files ?? [];
    byFence.set(fence, { fence, featureId, files: [...before, ...files], stage: 'published' });
  }
  const records = [...byFence.values()].filter(({ files }) => files.length > 0);
  return {
    statements: records.map(putPublication),
    ...(shared.size > 0 && { words: textFor([...shared]) }),
  };
}

function stagedOf({ path, original, mode, written, pending }: EditRow): StagedFile {
  const after = (pending === undefined ? written : pending) ?? null;
  return { path, before: { hash: original, mode }, after: { hash: after, mode: null } };
}

function textFor(paths: readonly string[]): string {
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
  const named = paths
    .slice(0, mostNamed)
    .map((path) => `"${path}"`)
    .join(', ');
  return `An older version of Parallel Agents left lines of unfinished features in shared files; look at ${named}${more}.`;
}
