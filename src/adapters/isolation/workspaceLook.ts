// Looks at the workspace for all places at once: who asks while no look has begun shares it.
import { setImmediate } from 'node:timers/promises';
import { isUnreadable } from '../files/fileFailure';
import type { Entry } from '../files/walkTree';
import { isOfPackages } from './manifest';
import type { SecretsSeen } from './secretsSeen';
import { type Found, foundBelow, type Survey } from './survey';
import { surveyTree } from './surveyTree';

export interface Looked {
  /** By path from the top, a folder before what is in it. */
  readonly theirs: Survey;
  /** Not to be looked at; folders with a last `/`. */
  readonly unread: ReadonlySet<string>;
}

export class WorkspaceLook {
  /** By whether packages are in it, a look that has not begun. */
  readonly #waiting = new Map<boolean, Promise<Looked>>();
  /** The last look at all of it. */
  #last: Survey | undefined;

  /** @param isLeftOut besides what is kept apart */
  constructor(
    private readonly top: string,
    private readonly isLeftOut: (entry: Entry) => boolean,
    private readonly secrets: SecretsSeen,
  ) {}

  whole(): Promise<Looked> {
    return this.#shared(true);
  }

  /** All that comes into a place while an attempt works. */
  withoutPackages(): Promise<Looked> {
    return this.#shared(false);
  }

  /** @param scopes paths from the top, each with all below it; packages are left out */
  async of(scopes: readonly string[]): Promise<Looked> {
    const theirs = new Map<string, Found>();
    const unread = new Set<string>();
    for (const scope of scopes) {
      const found = this.#lookAt(scope, () => unread.add(scope));
      if (found) theirs.set(scope, found);
      if (found?.kind !== 'folder') continue;
      const isLeftOut = (entry: Entry) => this.#isNone({ ...entry, path: `${scope}/${entry.path}` }, false);
      const options = { isLeftOut, unread: (at: string) => unread.add(`${scope}/${at}`), about: 0 };
      for (const [at, one] of await surveyTree(`${this.top}/${scope}`, options))
        theirs.set(`${scope}/${at}`, one);
    }
    return { theirs, unread };
  }

  #lookAt(at: string, unread: () => void): Found | undefined {
    try {
      return foundBelow(this.top, at);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unread();
      return undefined;
    }
  }

  #shared(withPackages: boolean): Promise<Looked> {
    const waiting = this.#waiting.get(withPackages) ?? this.#look(withPackages);
    this.#waiting.set(withPackages, waiting);
    return waiting;
  }

  async #look(withPackages: boolean): Promise<Looked> {
    await setImmediate(); // others who ask at the same moment
    this.#waiting.delete(withPackages);
    const unread = new Set<string>();
    const theirs = await surveyTree(this.top, {
      isLeftOut: (entry) => this.#isNone(entry, withPackages),
      unread: (at) => unread.add(at),
      ...(this.#last && { about: this.#last.size, known: this.#last }),
    });
    if (withPackages) this.#last = theirs;
    await this.secrets.look(theirs);
    return { theirs, unread };
  }

  #isNone(entry: Entry, withPackages: boolean): boolean {
    return this.isLeftOut(entry) || (!withPackages && isOfPackages(entry.name));
  }
}

/** @param unread as `Looked` has it */
export function isUnread(unread: ReadonlySet<string>, at: string): boolean {
  if (unread.size === 0) return false;
  return [...unread].some((one) => at === one || (one.endsWith('/') && `${at}/`.startsWith(one)));
}
