// The user's files: read, kept, replaced and put back, each step refused where it could touch what is not an agent's.
import { rmdir } from 'node:fs/promises';
import { powerOf } from '../../core/guardrails/powerFiles';
import { lockKey } from '../../core/locks/lockPath';
import { ok, type Result, refuse } from '../../core/shared/result';
import type { EditRecord } from '../../ports/store';
import type { FileState, FileText, WorkspaceFiles } from '../../ports/workspace';
import { isNotRead, type NotRead, whyNotRead } from './boundedRead';
import { hashOf } from './contentHash';
import { type Exchanged, exchange, type NewContent } from './exchange';
import { expandDeclared } from './expandDeclared';
import { asFailures, hasCode } from './fileFailure';
import { createKeptContent } from './keptContent';
import { lookAtPlace, maxFileBytes, readPlace } from './lookAt';
import { openPath } from './openFolder';
import { atPlace, type Place } from './place';
import { maybeOfGit, namedByGit, powerByPlace, powerNamedByGit } from './powerByPlace';
import { isIgnoreFile } from './ruleMemory';
import { encodeLike, isText, notEncodable } from './textForm';
import type { UserRules } from './userRules';

export interface WorkspaceFilesOptions {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  /** Its `.parallel-agents`, as `prepareHouse` made it. */
  readonly houseDir: string;
  readonly user: UserRules;
  /** Canonical paths that no agent may write besides those that never may, such as a backlog of another name. */
  readonly alsoProtected?: () => readonly string[];
}

export function createWorkspaceFiles({
  root,
  houseDir,
  user,
  alsoProtected = () => [],
}: WorkspaceFilesOptions): WorkspaceFiles {
  const kept = createKeptContent(houseDir);
  const byGit = namedByGit(root);
  /** Of files that only together make a Git directory, one is written after the other. */
  let gitTurn: Promise<unknown> = Promise.resolve();

  async function protection(): Promise<(file: string) => string | undefined> {
    const named = await byGit;
    return (file) => {
      const power = powerOf(file);
      if (power?.may === 'never') return power.why;
      if (alsoProtected().some((other) => lockKey(other) === lockKey(file))) return 'is the backlog';
      return powerNamedByGit(file, named) ?? powerByPlace(root, file);
    };
  }

  function at<T>(doing: string, file: string, work: (place: Place) => Promise<Result<T>>) {
    const look = async () => atPlace(root, file, await protection(), work);
    return asFailures(`${doing} "${file}"`, () => {
      if (!maybeOfGit(file)) return look();
      const done = gitTurn.then(look);
      gitTurn = done.catch(() => undefined);
      return done;
    });
  }

  return {
    root,
    read: (file) =>
      at<FileState>('read', file, async (place) => {
        const now = await lookAtPlace(place);
        if (!isNotRead(now)) return ok(now);
        return now.notRead === 'missing' ? ok({ hash: null, mode: null }) : refuseRead(place.path, now);
      }),
    keep: (file) =>
      at<FileState & { readonly createdFolder?: string }>('keep', file, async (place) => {
        const createdFolder = outermostMissing(place);
        const created = createdFolder === undefined ? {} : { createdFolder };
        const old = await readPlace(place);
        if (isNotRead(old)) {
          const none = { hash: null, mode: null, ...created };
          return old.notRead === 'missing' ? ok(none) : refuseRead(place.path, old);
        }
        return ok({ hash: await kept.put(old.bytes), mode: old.mode });
      }),
    plan: (file, content) =>
      at('read', file, async (place) => {
        const step = await prepare(place, content);
        return step.ok ? ok({ hash: step.value.after }) : step;
      }),
    replace: (file, expected, content) =>
      at('write', file, async (place) => {
        const step = await prepare(place, content);
        if (!step.ok) return step;
        const { before, after } = step.value;
        if (before !== expected) return refuseExchange(place.path, 'changed');
        if (after === expected) return ok({ hash: after });
        await remember(place, after);
        const exchanged = await exchange(place, expected, step.value.content, kept);
        return exchanged === 'done' ? ok({ hash: after }) : refuseExchange(place.path, exchanged);
      }),
    undo: (edit) => asFailures(`undo the changes of "${edit.path}"`, () => undo(edit)),
    readText: (file) =>
      at<FileText | null>('read', file, async (place) => {
        const old = await readPlace(place);
        if (isNotRead(old)) return old.notRead === 'missing' ? ok(null) : refuseRead(place.path, old);
        if (!isText(old.bytes)) return refuseBytes(place.path);
        return ok({ text: old.bytes.toString(), hash: hashOf(old.bytes), mode: old.mode });
      }),
    keepText: (text) => asFailures('keep a text', () => kept.put(Buffer.from(text))),
    keptText: (hash) => asFailures('read kept content', async () => (await kept.get(hash)).toString()),
    putKept: (file, expected, hash, mode) =>
      at('write', file, async (place) => {
        const content = { bytes: await kept.get(hash), mode: place.stat ? place.stat.mode & 0o777 : mode };
        await remember(place, hash);
        const exchanged = await exchange(place, expected, content, kept);
        return exchanged === 'done' ? ok({ hash }) : refuseExchange(place.path, exchanged);
      }),
    sweep: (hashes) => asFailures('remove kept content', () => kept.sweep(hashes)),
    expand: (declared) =>
      asFailures('list the files of globs', () => expandDeclared(root, user.rules, declared)),
  };

  /** An agent's ignore file is none of the user's: their own rules are kept before it changes. */
  async function remember(place: Place, after: string | null): Promise<void> {
    if (!isIgnoreFile(place.path)) return;
    const old = await readPlace(place);
    await user.memory.agentWrites(place.path, isNotRead(old) ? null : old.bytes, after);
  }

  async function undo(edit: EditRecord): ReturnType<WorkspaceFiles['undo']> {
    const undone = await atPlace(root, edit.path, await protection(), async (place) => {
      const found = await lookAtPlace(place);
      // What is no file that an agent may change is nothing that one left.
      if (isNotRead(found) && found.notRead !== 'missing') return ok('kept' as const);
      const now = isNotRead(found) ? null : found.hash;
      if (now === edit.original) {
        // A crash may have come between making the folders and the file, or between removing the file and them.
        if (now === null) await removeEmptyFolders(edit);
        return ok('unchanged' as const);
      }
      if (now !== edit.written && now !== edit.pending) return ok('kept' as const);
      const original = edit.original === null ? null : await kept.get(edit.original);
      const exchanged = await exchange(
        place,
        now,
        original && { bytes: original, mode: edit.mode ?? undefined },
        kept,
      );
      if (exchanged !== 'done') return ok('kept' as const);
      if (original === null) await removeEmptyFolders(edit);
      return ok(original === null ? ('removed' as const) : ('restored' as const));
    });
    // Whoever put a link or a folder there has changed it: it is theirs.
    return undone.ok ? undone.value : 'kept';
  }

  /** From the file's folder up to the outermost that was made for it, as far as they are empty. */
  async function removeEmptyFolders({ path: file, createdFolder }: EditRecord): Promise<void> {
    if (createdFolder === undefined || !file.startsWith(`${createdFolder}/`)) return;
    const names = file.split('/').slice(0, -1);
    for (const outermost = createdFolder.split('/').length; names.length >= outermost; names.pop()) {
      const parent = await openPath(root, names.slice(0, -1));
      if (!parent) continue;
      try {
        await rmdir(parent.at(names.at(-1) ?? ''));
        await parent.sync();
      } catch (error) {
        if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return;
        if (!hasCode(error, 'ENOENT')) throw error;
      } finally {
        await parent.close();
      }
    }
  }
}

interface Step {
  /** Hashes before and after. */
  readonly before: string | null;
  readonly after: string | null;
  readonly content: NewContent;
}

/** What writing `content` at `place` comes to; refused for what is not text, or too much of it. */
async function prepare(place: Place, content: string | null): Promise<Result<Step>> {
  if (content === null) {
    const now = await lookAtPlace(place);
    if (!isNotRead(now)) return ok({ before: now.hash, after: null, content: null });
    return now.notRead === 'missing'
      ? ok({ before: null, after: null, content: null })
      : refuseRead(place.path, now);
  }
  const odd = notEncodable(content);
  if (odd !== undefined) return refuse('badInput', `The text for "${place.path}" ${odd}.`);
  const found = await readPlace(place);
  if (isNotRead(found) && found.notRead !== 'missing') return refuseRead(place.path, found);
  const old = isNotRead(found) ? null : found;
  if (old && !isText(old.bytes)) return refuseBytes(place.path);
  const bytes = encodeLike(old?.bytes ?? null, content);
  if (bytes.length > maxFileBytes)
    return refuse('badInput', `The text for "${place.path}" is larger than ${maxFileBytes} bytes.`);
  return ok({
    before: old && hashOf(old.bytes),
    after: hashOf(bytes),
    content: { bytes, mode: old?.mode },
  });
}

function outermostMissing({ path: file, missing }: Place): string | undefined {
  if (missing.length === 0) return undefined;
  const names = file.split('/');
  return names.slice(0, names.length - missing.length).join('/');
}

function refuseBytes(file: string) {
  return refuse('notText', `"${file}" is not UTF-8 text; agents edit text only.`);
}

function refuseRead(file: string, reason: NotRead) {
  if (reason.notRead !== 'tooLarge')
    return refuse('pathDenied', `"${file}" ${whyNotRead(reason, maxFileBytes)}.`);
  return refuse(
    'notText',
    `"${file}" has ${reason.size} bytes; agents change files of at most ${maxFileBytes}.`,
  );
}

function refuseExchange(file: string, exchanged: Exclude<Exchanged, 'done'>) {
  return exchanged === 'changed'
    ? refuse('changedOnDisk', `"${file}" was changed on disk; read it again.`)
    : refuse('pathDenied', `"${file}" lies on another disk than the workspace; agents do not write there.`);
}
