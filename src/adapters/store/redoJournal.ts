// The redo journal: records are added at its end and are kept once synced; it is only ever replaced whole.
import { dirname } from 'node:path';
import { Failure } from '../../ports/failure';
import { type DiskFile, type DiskFiles, putInPlace, writeAll } from './diskFiles';

/**
 * The open journal of one owner. Calls must not overlap. Its file is a new one for every owner and after every snapshot:
 * an owner that was displaced without knowing then writes to a file without a name, and is told so.
 */
export class RedoJournal {
  private constructor(
    private readonly files: DiskFiles,
    private readonly path: string,
    private file: DiskFile,
    private size: number,
  ) {}

  /** Puts a journal with `content` in the place of the one at `path`, in one step. */
  static async open(files: DiskFiles, path: string, content: Uint8Array): Promise<RedoJournal> {
    const file = await putInPlace(files, path, content);
    const journal = new RedoJournal(files, path, file, content.length);
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
   * Resolves when all of `records` would survive a power cut. When it rejects they are cut off again; where even that
   * fails, the next open finds all, some or none of them, each whole.
   */
  async append(records: readonly Uint8Array[]): Promise<void> {
    const bytes = records.length === 1 && records[0] ? records[0] : Buffer.concat(records);
    try {
      await writeAll(this.file, bytes, this.size);
      await this.file.sync();
      await this.assertOurs();
    } catch (error) {
      await this.cutBack();
      throw error;
    }
    this.size += bytes.length;
  }

  /** Rejects with `conflict` when another process has replaced this journal by its own. */
  async assertOurs(): Promise<void> {
    if (await this.file.hasName()) return;
    throw new Failure('conflict', 'Another process has taken over the database of this workspace.');
  }

  /**
   * Leaves out the bytes before `from`, which a snapshot holds by now. Answers false, with everything as it was, when
   * the disk refused; rejects when it is not known which of the two journals a power cut would leave.
   */
  async dropBefore(from: number): Promise<boolean> {
    let file: DiskFile;
    let kept: Uint8Array;
    try {
      const content = await this.files.read(this.path);
      kept = (content ?? new Uint8Array()).subarray(from, this.size);
      if (kept.length !== this.size - from) return false;
      file = await putInPlace(this.files, this.path, kept);
    } catch {
      return false;
    }
    const old = this.file;
    this.file = file;
    this.size = kept.length;
    await old.close().catch(() => undefined); // it has no name any more
    await this.syncName();
    return true;
  }

  close(): Promise<void> {
    return this.file.close();
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
