// Learns the values in the workspace's secret files, which commands need and nobody else may see.
import path from 'node:path';
import type { SecretFiles } from '../../core/features/namedSecrets';
import { HeldValues } from '../../core/guardrails/heldValues';
import { mayHoldSecrets, secretsHeldIn } from '../../core/guardrails/secretBearers';
import { isSample } from '../../core/guardrails/secretFiles';
import { secretValuesIn } from '../../core/guardrails/secretValues';
import { isNotRead, readFileWithin } from '../files/boundedRead';
import { hashOf } from '../files/contentHash';
import { isUnreadable } from '../files/fileFailure';
import { inSlices } from '../files/inSlices';
import { readText } from '../files/textForm';
import { isSameFile, type Stamp } from './stamp';
import type { Survey } from './survey';

const mostBytes = 1024 * 1024;

/** A file as it was read. */
interface Seen {
  readonly stamp: Stamp;
  /** Was it a secret by its name, or by what the user says? */
  readonly isNamed: boolean;
}

export class SecretsSeen {
  readonly #seen = new Map<string, Seen>();
  /** By value, the files that it stands in, or stood. */
  readonly #filesOf = new Map<string, Set<string>>();
  readonly #secrets = new Set<string>();
  /** By hash, what is no text: there are no values in it to be looked for. */
  readonly #wholes = new Map<string, string>();
  /** By sample file, the values that stand in it, for everybody to read. */
  readonly #open = new Map<string, readonly string[]>();
  /** To find them by elsewhere. */
  readonly values = new HeldValues();

  /** @param isSecret of paths from the workspace, by which globs name files @param tell told of each value once */
  constructor(
    private readonly where: { readonly top: string; readonly inside: string },
    private readonly isSecret: () => SecretFiles,
    private readonly tell: (value: string) => void,
  ) {}

  /** Reads the secret files that are new or changed. A value stays secret when its file is gone. */
  async look(theirs: Survey): Promise<void> {
    const files: [string, Seen][] = [];
    const isSecret = this.#isSecret();
    await inSlices(theirs, ([at, found]) => {
      if (found.kind !== 'file') return;
      const isNamed = isSecret(at);
      if (!isNamed && !isSample(at) && !mayHoldSecrets(at)) return;
      const known = this.#seen.get(at);
      const isKnown = known?.isNamed === isNamed && isSameFile(known.stamp, found.stamp);
      if (!isKnown) files.push([at, { stamp: found.stamp, isNamed }]);
    });
    for (const [at, seen] of files) {
      this.#seen.set(at, seen);
      this.#learn(at, seen.isNamed, isSecret, await this.#read(at));
    }
  }

  #learn(at: string, isNamed: boolean, isSecret: SecretFiles, bytes: Buffer): void {
    const text = readText(bytes)?.text;
    if (text === undefined) {
      if (isNamed) this.#wholes.set(hashOf(bytes), at);
      return;
    }
    if (!isNamed && isSample(at)) this.#open.set(at, secretValuesIn(text));
    if (!isSecret(at, text)) return;
    this.#secrets.add(at);
    for (const value of isNamed ? secretValuesIn(text) : secretsHeldIn(text)) {
      const files = this.#filesOf.get(value);
      files?.add(at);
      if (files) continue;
      this.#filesOf.set(value, new Set([at]));
      this.values.add(value);
      this.tell(value);
    }
  }

  /** Of paths from the top those of secret files in the workspace, by name or by what was found in them; from there. */
  among(paths: Iterable<string>): readonly string[] {
    const { inside } = this.where;
    const isSecret = this.#isSecret();
    return [...paths]
      .filter((at) => at.startsWith(inside) && (isSecret(at) || this.#secrets.has(at)))
      .map((at) => at.slice(inside.length));
  }

  /** The secret file that is no text, such as a store of keys, and has this hash. */
  wholeFile(hash: string): string | undefined {
    const at = this.#wholes.get(hash);
    return at === undefined ? undefined : path.posix.relative(this.where.inside, at);
  }

  /** Which files have any of the values, but for those that a sample shows; by their paths from the workspace, sorted. */
  filesOf(values: readonly string[]): readonly string[] {
    const open = new Set([...this.#open.values()].flat());
    const hidden = values.filter((value) => !open.has(value));
    const files = new Set(hidden.flatMap((value) => [...(this.#filesOf.get(value) ?? [])]));
    return [...files].map((at) => path.posix.relative(this.where.inside, at)).sort();
  }

  /** Of paths from the top; what lies beside the workspace is asked by that. */
  #isSecret(): SecretFiles {
    const { inside } = this.where;
    const isSecret = this.isSecret();
    return (at, text) => isSecret(at.startsWith(inside) ? at.slice(inside.length) : at, text);
  }

  async #read(at: string): Promise<Buffer> {
    try {
      const bytes = await readFileWithin(path.join(this.where.top, at), mostBytes);
      return isNotRead(bytes) ? Buffer.alloc(0) : bytes;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return Buffer.alloc(0);
    }
  }
}
