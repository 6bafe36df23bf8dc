// The one way by which the work of attempts enters the workspace, and leaves it again.

import { Failure } from '../../ports/failure';
import type { FileState, Isolation, StagedFile } from '../../ports/isolation';
import { SerialQueue } from '../../ports/serialQueue';
import { type BlobStore, mostKeptBytes } from '../files/blobStore';
import { isNotRead, whyNotRead } from '../files/boundedRead';
import { asFailures } from '../files/fileFailure';
import { gitSettingsOf, repositoriesAround } from '../files/gitSettings';
import { inParallel } from '../files/inParallel';
import type { RuleMemory } from '../files/ruleMemory';
import { keepsModes } from './modesKept';
import { type Publishing, putFiles, withdrawFiles } from './publication';
import { PublicationJournal } from './publicationJournal';

export interface PublisherOptions {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  /** Its `.parallel-agents`, as `prepareStateFolder` made it. */
  readonly stateDir: string;
  readonly kept: BlobStore;
  /** To be told of every ignore file that a publication is about to change. */
  readonly memory: RuleMemory;
  /** Canonical paths that no agent may write besides those that never may, such as a backlog of another name. */
  readonly alsoProtected?: () => readonly string[];
}

/** A change in a place, and where its content is to be had. */
export interface PlacedChange {
  /** Canonical, from the workspace. */
  readonly path: string;
  readonly before: FileState;
  /** A file (absolute) that may still hold the content of `before`; left out where that is kept already. */
  readonly beforeAt?: string;
  /** The file in the place (absolute); there may be none. */
  readonly afterAt: string;
}

export interface Publisher
  extends Pick<Isolation, 'publish' | 'withdraw' | 'leftBegun' | 'forgetBegun' | 'sweep'> {
  /**
   * Keeps the content of both states durably; `after` is what stood there when it was kept. Where `before` can be had
   * neither here nor there it is kept when it is published, from the file that is replaced.
   */
  stage(changes: readonly PlacedChange[]): Promise<readonly StagedFile[]>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { root, stateDir, kept, memory, alsoProtected = () => [] } = options;
  const journal = new PublicationJournal(stateDir);
  const gitSettings = gitSettingsOf(root);
  let modes: Promise<boolean> | undefined;
  /** One after the other: of files that only together make a Git directory, the last is refused. */
  const turns = new SerialQueue();

  async function publishing(files: readonly StagedFile[]): Promise<Publishing> {
    modes ??= keepsModes(kept).catch((error: unknown) => {
      modes = undefined;
      throw error;
    });
    return {
      root,
      kept,
      journal,
      memory,
      namedByGit: await gitSettings(
        repositoriesAround(
          root,
          files.map(({ path }) => path),
        ),
      ),
      keepsModes: await modes,
      alsoProtected: alsoProtected(),
    };
  }

  function inTurn<T>(doing: string, work: () => Promise<T>): Promise<T> {
    return turns.run(() => asFailures(doing, work));
  }

  return {
    stage: (changes) =>
      asFailures('keep what was changed', async () => {
        const staged = new Map<PlacedChange, StagedFile>();
        await inParallel(changes, async (change) => {
          staged.set(change, await stageChange(kept, change));
        });
        return changes.flatMap((change) => staged.get(change) ?? []);
      }),
    publish: (files) => inTurn('publish', async () => putFiles(await publishing(files), files)),
    withdraw: (files) =>
      inTurn('take back what was published', async () => withdrawFiles(await publishing(files), files)),
    leftBegun: () =>
      inTurn('look for a publication that had begun', async () => {
        const left = await journal.last();
        return !left || left.isDone ? [] : left.puts.map((put) => put.path);
      }),
    forgetBegun: () => inTurn('forget a publication that had begun', () => journal.clear()),
    sweep: (hashes) => inTurn('remove kept content', () => kept.sweep(hashes)),
  };
}

async function stageChange(kept: BlobStore, change: PlacedChange): Promise<StagedFile> {
  const { path, before, beforeAt, afterAt } = change;
  if (before.hash !== null && beforeAt !== undefined && !(await kept.has(before.hash)))
    await kept.putFile(beforeAt);
  const after = await kept.putFile(afterAt);
  if (!isNotRead(after)) return { path, before, after };
  // A folder in a file's place leaves no file there.
  if (after.notRead === 'missing' || after.notRead === 'folder')
    return { path, before, after: { hash: null, mode: null } };
  throw new Failure('refused', `"${path}" ${whyNotRead(after, mostKeptBytes)}.`);
}
