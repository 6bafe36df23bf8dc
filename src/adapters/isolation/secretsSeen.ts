// Learns the values in the workspace's secret files, which commands need and nobody else may see.
import path from 'node:path';
import type { SecretFiles } from '../../core/features/namedSecrets';
import { HeldValues } from '../../core/guardrails/heldValues';
import { isSample } from '../../core/guardrails/secretFiles';
import { secretValuesIn } from '../../core/guardrails/secretValues';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { isUnreadable } from '../files/fileFailure';
import { inSlices } from '../files/inSlices';
import { isSameFile, type Stamp } from './stamp';
import type { Survey } from './survey';

const mostBytes = 1024 * 1024;

export class SecretsSeen {
  readonly #stamps = new Map<string, Stamp>();
  /** By value, the files that it stands in, or stood. */
  readonly #filesOf = new Map<string, Set<string>>();
  /** By sample file, the values that stand in it, for everybody to read. */
  readonly #open = new Map<string, readonly string[]>();
  /** To find them by elsewhere. */
  readonly values = new HeldValues();

  /** @param top of the tree @param isSecret of paths from the top @param tell told of each value once */
  constructor(
    private readonly top: string,
    private readonly isSecret: () => SecretFiles,
    private readonly tell: (value: string) => void,
  ) {}

  /** Reads the secret files that are new or changed. A value stays secret when its file is gone. */
  async look(theirs: Survey): Promise<void> {
    const files: [string, Stamp][] = [];
    const isSecret = this.isSecret();
    await inSlices(theirs, ([at, found]) => {
      if (found.kind !== 'file' || !(isSecret(at) || isSample(at))) return;
      const known = this.#stamps.get(at);
      if (!known || !isSameFile(known, found.stamp)) files.push([at, found.stamp]);
    });
    for (const [at, stamp] of files) {
      this.#stamps.set(at, stamp);
      const values = secretValuesIn(await this.#read(at));
      if (!isSecret(at)) this.#open.set(at, values);
      for (const value of isSecret(at) ? values : []) {
        const files = this.#filesOf.get(value);
        files?.add(at);
        if (files) continue;
        this.#filesOf.set(value, new Set([at]));
        this.values.add(value);
        this.tell(value);
      }
    }
  }

  /** Which files have any of the values, but for those that a sample shows; sorted. */
  filesOf(values: readonly string[]): readonly string[] {
    const open = new Set([...this.#open.values()].flat());
    const hidden = values.filter((value) => !open.has(value));
    return [...new Set(hidden.flatMap((value) => [...(this.#filesOf.get(value) ?? [])]))].sort();
  }

  async #read(at: string): Promise<string> {
    try {
      const bytes = await readFileWithin(path.join(this.top, at), mostBytes);
      return isNotRead(bytes) ? '' : bytes.toString();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return '';
    }
  }
}
