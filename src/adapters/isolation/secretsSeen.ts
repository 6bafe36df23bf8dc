// Learns the values in the workspace's secret files, which commands need and nobody else may see.
import path from 'node:path';
import type { SecretFiles } from '../../core/features/namedSecrets';
import { secretValuesIn } from '../../core/guardrails/secretValues';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { isUnreadable } from '../files/fileFailure';
import { inSlices } from '../files/inSlices';
import { isSameFile, type Stamp } from './stamp';
import type { Survey } from './survey';

const mostBytes = 1024 * 1024;

export class SecretsSeen {
  readonly #stamps = new Map<string, Stamp>();
  readonly #values = new Set<string>();

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
      if (found.kind !== 'file' || !isSecret(at)) return;
      const known = this.#stamps.get(at);
      if (!known || !isSameFile(known, found.stamp)) files.push([at, found.stamp]);
    });
    for (const [at, stamp] of files) {
      this.#stamps.set(at, stamp);
      for (const value of secretValuesIn(await this.#read(at))) {
        if (this.#values.has(value)) continue;
        this.#values.add(value);
        this.tell(value);
      }
    }
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
