// What the user's set-up of a place made in it that nobody else is to answer for: folders, and Git directories.
import { isOfPackages, type Manifest } from './manifest';
import type { Survey } from './survey';

export class MadeBySetUp {
  readonly #paths = new Set<string>();

  has(at: string): boolean {
    return this.#paths.has(at);
  }

  /** @param ours what is in the place once it was set up */
  learn(ours: Survey, manifest: Manifest): void {
    for (const [at, { kind }] of ours) {
      const isNewFolder = kind === 'folder' && !manifest.has(at) && !isOfPackages(at);
      if (kind === 'apart' || isNewFolder) this.#paths.add(at);
    }
  }

  clear(): void {
    this.#paths.clear();
  }
}
