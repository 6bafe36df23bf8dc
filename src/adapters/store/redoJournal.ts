// The redo journal: records are added at its end and are kept once synced; it is only ever replaced whole.
import { dirname } from 'node:path';
import { Failure } from '../../ports/failure';
import { takenAway } from '../files/statePart';
import { type DiskFile, type DiskFiles, type Held, putInPlace, writeAll } from './diskFiles';

/**
 * The open journal of one owner. Calls must not overlap. Its file is a new one for every owner and after every snapshot:
 * an owner that was displaced without knowing then writes to a file without a name, and is told so.
 */
export class RedoJournal {
  private constructor(
    private readonly files: DiskFiles,
    private readonly path: string,
    private readonly folder: Held,
    private file: DiskFile,
    private size: number,
  ) {}

  /** Puts a journal with `content` in the place of the one at `path`, in one step. */
  static async open(files: DiskFiles, path: string, content: Uint8Array): Promise<RedoJournal> {
    const folder = await files.holdFolder(dirname(path));
    const file = await putInPlace(files, path, content).catch(async (error: unknown) => {
      await folder.close();
      throw error;
    });
    const journal = new RedoJournal(files, path, folder, file, content.length);
    try {
      await journal.syncName();
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** Bytes that would have to be read at the next open. */
  get bytes(): number {
    return this.size;
  }

  /**
   * Resolves when all of `records` would survive a power cut; answers false when somebody took the journal away, and it
   * holds nothing any more. When it rejects they are cut off again; where even that fails, the next open finds all, some
   * or none of them, each whole.
   */
  async append(records: readonly Uint8Array[]): Promise<boolean> {
    const bytes = records.length === 1 && records[0] ? records[0] : Buffer.concat(records);
    try {
      await writeAll(this.file, bytes, this.size);
      await this.file.sync();
      if (!(await this.isInPlace())) return false;
    } catch (error) {
      await this.cutBack();
      throw error;
    }
    this.size += bytes.length;
    return true;
  }

  /**
   * False when the journal alone was taken away. Rejects with `conflict` when another process has put its own in this
   * one's place, and with `removed` when the folder around it is gone or is another.
   */
  async isInPlace(): Promise<boolean> {
    if (await this.file.isAt(this.path)) return true;
    await this.assertFolder();
    // One that only has another name is being moved aside by a successor, which writes its own next.
    if (!(await this.files.exists(this.path)) && !(await this.file.hasName())) return false;
    throw new Failure('conflict', 'Another process has taken over the database of this workspace.');
  }

  /** Rejects with `removed` when the folder around the journal is gone or is another, with `foreign` when it is none. */
  async assertFolder(): Promise<void> {
    const dir = dirname(this.path);
    if (await this.folder.isAt(dir)) return;
    await this.files.list(dir); // which says so where something else stands there
    throw takenAway(dir);
  }

  /** Begins with `head` alone, once a snapshot holds all that was: whether there is a file or it was taken away. */
  async startAnew(head: Uint8Array): Promise<void> {
    await this.takeUp(await putInPlace(this.files, this.path, head), head.length);
  }

  /**
   * Has `head` in the place of the bytes before `from`, which a snapshot holds by now. Returns false, with everything as it was, when
   * the disk refused; rejects when it is not known which of the two journals a power cut would leave.
   */
  async dropBefore(from: number, head: Uint8Array): Promise<boolean> {
    let file: DiskFile;
    let kept: Uint8Array;
    try {
      const content = await this.files.read(this.path);
      const rest = (content ?? new Uint8Array()).subarray(from, this.size);
      if (rest.length !== this.size - from) return false;
      kept = Buffer.concat([head, rest]);
      file = await putInPlace(this.files, this.path, kept);
    } catch {
      return false;
    }
    await this.takeUp(file, kept.length);
    return true;
  }

  async close(): Promise<void> {
    await this.folder.close();
    await this.file.close();
  }

  private async takeUp(file: DiskFile, size: number): Promise<void> {
    const old = this.file;
    this.file = file;
    this.size = size;
    await old.close().catch(() => undefined); // it has no name any more
    await this.syncName();
  }

  private syncName(): Promise<void> {
    return this.files.syncFolder(dirname(this.path));
  }

  private async cutBack(): Promise<void> {
    try {
      await this.file.truncate(this.size);
      await this.file.sync();
    } catch {
      // The caller is told of the first error; the checksums tell whole records from torn ones at the next open.
    }
  }
}
