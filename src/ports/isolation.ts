// Where attempts work, each apart from the user's folder and from each other, and the one way their work enters it.
import type { SeenPlace } from '../core/guardrails/placeText';
import type { PathScope } from '../core/locks/lockPath';
import type { Slot } from '../core/shared/ids';
import type { Result } from '../core/shared/result';
import type { DiskView } from './workers';

/** A file's content as far as the rules need it. */
export interface FileState {
  /** SHA-256 of the bytes, hex; null: no such file. */
  readonly hash: string | null;
  /** Permission bits; null with `hash`, and where an old record does not tell. */
  readonly mode: number | null;
}

/**
 * A place of work for every slot. Nothing that is done in one is seen in the workspace or in another, whatever it is and
 * wherever it is done; the workspace changes by `publish` only. Paths are canonical (`core/locks/lockPath`), from the
 * folder that the user opened.
 *
 * Of every file the place remembers its **base**: what of the workspace it started from. A file was changed in the place
 * when it differs from its base, and in the workspace when the workspace's does. What the user's rules ignore is in the
 * place like all else, but is never a change and is never published.
 *
 * Calls for one slot are carried out one after the other. Rejects with a `Failure` when there can be no place at all
 * (`noCopy`, `copyRefused`, `diskFull`, `readOnly`, `tooManyOpen`).
 */
export interface Isolation {
  /** The folder that stands for the workspace in the slot's place; absolute. */
  folderOf(slot: Slot): string;
  /** How one command is run in the slot's place, once it rests: nobody else is to write into it before. */
  commandPlace(slot: Slot): Promise<CommandPlace>;
  /**
   * Has this command set the place up (`wasSetUp`) since it was prepared, or does what it left there for an earlier attempt
   * still stand; and by the lockfiles that the place has now?
   */
  isSetUp(slot: Slot, command: string): Promise<boolean>;
  /** The command has ended well in the place. */
  wasSetUp(slot: Slot, command: string): Promise<void>;
  /**
   * Keeps what a command left for people in its `PARALLEL_AGENTS_ARTIFACTS`, under this name (which may have a `/`), without
   * keys; undefined where there was nothing, or no command of the slot was given that folder. Part of no change and of no
   * place; the folder is gone afterwards.
   */
  takeArtifacts(slot: Slot, folder: string, name: string): Promise<KeptArtifacts | undefined>;
  /** How the place is otherwise than the workspace to a command in it, for whoever has seen one fail. */
  seen(slot: Slot): Promise<SeenPlace>;
  /** Makes the place what the workspace is now; nothing is left in it of what an earlier attempt did. */
  prepare(slot: Slot): Promise<Lacking>;
  /**
   * Takes into the place what has changed in the workspace since. Where both changed a file it is merged by lines, and
   * the workspace's becomes the new base; where that cannot be done the place gets the workspace's, and its own text is
   * told as an overlap. With `paths` only those are looked at.
   */
  bringUpToDate(slot: Slot, paths?: readonly string[]): Promise<Arrivals>;
  /**
   * Takes into the place what has been installed in the workspace, changed or removed of that, since the place got it:
   * `bringUpToDate` leaves packages as they were. Where commands have installed something in the place the two would not fit
   * each other, and nothing is taken.
   */
  bringPackages(slot: Slot): Promise<PackagesCame>;
  /** Writes a file in the place, if it is still what the writer saw. Form (encoding, line ends, mode) is kept. */
  write(slot: Slot, write: PlaceWrite): Promise<Result<{ readonly hash: string | null }>>;
  /** Gives a file in the place another name, with its bytes and its mode. `changedOnDisk` where the new name is taken. */
  move(slot: Slot, move: PlaceMove): Promise<Result<{ readonly hash: string }>>;
  /** All that was changed in the place, sorted by path. New folders without a file are told, and Git directories of its own, but for those of the set-up. */
  changes(slot: Slot): Promise<readonly PlaceChange[]>;
  /** Removes folders of the place in which nothing is left now that these files are gone, as their publication will. */
  leaveEmptied(slot: Slot, paths: readonly string[]): Promise<void>;
  /** Makes files of the place what the workspace has, or is about to have where that was anticipated. */
  putBack(slot: Slot, paths: readonly string[]): Promise<void>;
  /** Keeps the present content of these changes, and of what they replace, so that it would survive a power cut. */
  stage(slot: Slot, paths: readonly string[]): Promise<readonly StagedFile[]>;
  /**
   * Makes files of the place what was staged of them there, whatever has been done to them since. Where the workspace's has
   * come in meanwhile that stays the base, and is merged with what was staged; overlaps are answered as `bringUpToDate` tells.
   */
  restore(slot: Slot, files: readonly StagedFile[]): Promise<readonly Overlap[]>;
  /** What files of the place say, and what their bases said; the same for one that was not changed. By path. */
  texts(slot: Slot, paths: readonly string[]): Promise<ReadonlyMap<string, FileTexts>>;
  /**
   * Which of these files, once published, would hold values of the user's secret files that nothing the work changes has held
   * before; sorted by path. Content counts as it is, packed or not; what is compressed tells nothing.
   */
  secretsIn(files: readonly StagedFile[]): Promise<readonly SecretsHeld[]>;
  /** What a staged change made of a file's text. */
  read(file: StagedFile): Promise<FileTexts>;
  /**
   * Takes into the place what these files, staged elsewhere, are about to bring into the workspace, as if it were there: they
   * are the new bases. Of those that do not come, or come otherwise, the next `bringUpToDate` takes what the workspace has, and
   * tells it. False, with nothing done, where the place or its base has anything else of one of them than its `before`, or its
   * `after` already.
   */
  anticipate(slot: Slot, files: readonly StagedFile[]): Promise<boolean>;
  /** What `bringUpToDate` would tell of but for what was anticipated; the place stays as it is. */
  news(slot: Slot): Promise<readonly string[]>;
  /** Lays staged files into the place of another slot, as if they had been changed there; as `bringUpToDate` tells. */
  lay(slot: Slot, files: readonly StagedFile[]): Promise<Arrivals>;
  /**
   * Puts all files into the workspace, or none: `changedOnDisk`, naming those that are neither as they were before nor
   * as they are to be. May be called again after a crash in the middle of it.
   */
  publish(files: readonly StagedFile[]): Promise<Result<object>>;
  /** Puts back what a publication replaced, where nobody changed it since; what was left as it is. */
  withdraw(files: readonly StagedFile[]): Promise<readonly string[]>;
  /**
   * What a publication had begun to put into the workspace and never ended, by path. To be asked when all that are on record have
   * been published again or taken back: it is one of which the record was lost.
   */
  leftBegun(): Promise<readonly string[]>;
  /** From now on that is no news any more. */
  forgetBegun(): Promise<void>;
  /** Throws away staged content but for `hashes`. */
  sweep(hashes: ReadonlySet<string>): Promise<void>;
  /**
   * What declared paths, folders and globs name in the workspace today, each by its real name where links lead there: the
   * files that a glob matches, or the folder before its first wildcard when there are none or too many; a folder where a
   * plain path is one. By declared text; empty for what is no path in the workspace.
   */
  expand(declared: readonly string[]): Promise<ReadonlyMap<string, readonly PathScope[]>>;
}

/** Where a command of a slot runs, and what it finds around it. */
export interface CommandPlace {
  /** The folder that stands for the workspace, as the command sees it. */
  readonly cwd: string;
  /**
   * Of the user's environment what is given to commands, so that no path of it leads back into the workspace; where the place
   * ends for Git, which slot it is (`PARALLEL_AGENTS_SLOT`), the first of ten free ports that are its own
   * (`PARALLEL_AGENTS_PORT`), and a folder for what is left for people (`PARALLEL_AGENTS_ARTIFACTS`), which no other command
   * is given.
   */
  readonly env: Readonly<Record<string, string>>;
  /** The place at the workspace's own path, where the system can: what names that path then leads into the place. */
  readonly view?: DiskView;
}

export interface KeptArtifacts {
  /** From the workspace. */
  readonly folder: string;
  /** From the folder. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** Files that were too many, too large, or texts too long to look for keys in. */
  readonly leftOut: number;
}

/** What the place does not have of the workspace, or has otherwise, in words by path; sorted. */
export interface Lacking {
  /** Not to be read, too large or still being written; folders with a last `/`. */
  readonly unread: readonly string[];
}

export interface PackagesCame {
  /** Packages that were otherwise in the workspace, by the folders they lie in; of many not all. Empty: none were. */
  readonly packages: readonly string[];
  /** Nothing of them was taken: the place has packages of its own. */
  readonly isMixed: boolean;
}

/** What came into a place. */
export interface Arrivals {
  /** Files that only the workspace had changed; ignored ones come in without a word. */
  readonly taken: readonly string[];
  readonly merged: readonly Arrival[];
  readonly overlaps: readonly Overlap[];
}

export interface Arrival {
  readonly path: string;
  /** SHA-256 of what the workspace has, hex; null: no file any more. */
  readonly theirs: string | null;
}

export interface Overlap extends Arrival {
  /** What the place had of it, in `\n` lines; null where that was no text or no file. */
  readonly ours: string | null;
}

export interface PlaceWrite {
  readonly path: string;
  /** SHA-256 (hex) of the content that the change was made on; null when the file is to be new. */
  readonly baseHash: string | null;
  /** The new text, in `\n` lines: in a file that is there each unchanged line keeps its own end; null deletes the file. */
  readonly content: string | null;
}

export interface PlaceMove {
  readonly from: string;
  readonly to: string;
  /** SHA-256 (hex) of the content that was seen. */
  readonly baseHash: string;
}

export interface PlaceChange {
  readonly path: string;
  /** The base. */
  readonly before: FileState;
  readonly after: FileState;
  /** It cannot be published; a sentence that says why. */
  readonly why?: string;
  /** A new folder in which there is nothing at all, at most others like it. */
  readonly isFolder?: true;
  /** What belongs to Git or bears the name of our records, where the workspace has none. */
  readonly isApart?: true;
  /** Of an ignore file: secret files of the user's that Git would see because of it; some of them. */
  readonly shows?: readonly string[];
}

/** A change that is kept apart from its place: the content of both states lies in the store of the isolation. */
export interface StagedFile {
  readonly path: string;
  readonly before: FileState;
  readonly after: FileState;
}

export interface SecretsHeld {
  readonly path: string;
  /** The secret files whose values stand in it, by their paths from the workspace; sorted. */
  readonly of: readonly string[];
}

/** In `\n` lines; null: no file; empty for what is no text, is above 8 MiB, or is not to be had any more. */
export interface FileTexts {
  readonly before: string | null;
  readonly after: string | null;
}
