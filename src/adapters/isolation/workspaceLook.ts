// Looks at the workspace for all places at once: who asks before a look has begun shares it.
import { setImmediate } from 'node:timers/promises';
import { isUnreadable } from '../files/fileFailure';
import { isTooLong } from '../files/pathRoom';
import type { Entry } from '../files/walkTree';
import type { LeftOut, LinkedParts } from './leftOut';
import { isOfPackages, packagesName } from './manifest';
import type { SecretsSeen } from './secretsSeen';
import { type Found, foundBelow, type Survey } from './survey';
import { surveyTree } from './surveyTree';

export interface Looked {
  /** By path from the top, a folder before what is in it. */
  readonly theirs: Survey;
  /** Not to be looked at; folders with a last `/`. */
  readonly unread: ReadonlySet<string>;
  /** With names that no text stands for; they are in `unread` too. */
  readonly garbled: ReadonlySet<string>;
  /** There, but not to be copied as it is (`LeftOut`); folders with a last `/`. */
  readonly leftOut: ReadonlySet<string>;
}

export class WorkspaceLook {
  /** By whether packages are in it, a look that has not begun, and what it waits for. */
  readonly #waiting = new Map<
    boolean,
    { readonly look: Promise<Looked>; readonly until: Promise<unknown>[] }
  >();
  /** The last look at all of it. */
  #last: Survey | undefined;

  constructor(
    private readonly tree: {
      readonly top: string;
      /** The path of the folder that the places are in, should it be in there. */
      readonly own: string;
      /** How long paths may be, in bytes. */
      readonly room: number;
    },
    private readonly rules: () => LeftOut,
    private readonly parts: LinkedParts,
    private readonly secrets: SecretsSeen,
  ) {}

  /** @param ready when it may begin, or is not wanted any more: places that are made at one time ask at one time */
  whole(ready: Promise<unknown> = Promise.resolve()): Promise<Looked> {
    return this.#shared(true, ready);
  }

  /** All that comes into a place while an attempt works. */
  withoutPackages(): Promise<Looked> {
    return this.#shared(false, Promise.resolve());
  }

  /** @param scopes paths from the top, each with all below it; packages are left out */
  async of(scopes: readonly string[]): Promise<Looked> {
    const theirs = new Map<string, Found>();
    const unread = new Set<string>();
    const garbled = new Set<string>();
    const leftOut = new Set<string>();
    const isNone = this.#leavesOut(this.rules(), false, leftOut);
    for (const scope of scopes) {
      const found = this.at(scope, () => unread.add(scope));
      if (found) theirs.set(scope, found);
      if (found?.kind !== 'folder') continue;
      const isLeftOut = (entry: Entry) => isNone({ ...entry, path: `${scope}/${entry.path}` });
      const unreadBelow = (at: string) => unread.add(`${scope}/${at}`);
      const room = this.tree.room - Buffer.byteLength(scope) - 1;
      const options = {
        isLeftOut,
        unread: unreadBelow,
        tooLong: unreadBelow,
        room,
        about: 0,
        garbled: (at: string) => void [unread, garbled].map((all) => all.add(`${scope}/${at}`)),
      };
      for (const [at, one] of await surveyTree(`${this.tree.top}/${scope}`, options))
        theirs.set(`${scope}/${at}`, one);
    }
    return { theirs, unread, garbled, leftOut };
  }

  /** One entry, as a place is to have it. @param unread called when it cannot be looked at */
  at(at: string, unread: () => void = () => {}): Found | undefined {
    if (isTooLong(at, this.tree.room)) return undefined;
    try {
      const found = foundBelow(this.tree.top, at);
      const rules = this.rules();
      const why = found && rules.of(at, found.kind === 'folder' ? 'folder' : 'file');
      if (why === 'linked' && rules.links.includes(at)) return this.#link(at);
      return why === undefined ? found : undefined;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unread();
      return undefined;
    }
  }

  #shared(withPackages: boolean, ready: Promise<unknown>): Promise<Looked> {
    const waiting = this.#waiting.get(withPackages);
    waiting?.until.push(ready);
    return waiting?.look ?? this.#begin(withPackages, ready);
  }

  #begin(withPackages: boolean, ready: Promise<unknown>): Promise<Looked> {
    const until = [setImmediate(), ready];
    const look = (async () => {
      // Others who ask in the meantime, and what those wait for.
      for (let next = until.shift(); next; next = until.shift()) await next.catch(() => undefined);
      this.#waiting.delete(withPackages);
      return this.#look(withPackages);
    })();
    this.#waiting.set(withPackages, { look, until });
    return look;
  }

  async #look(withPackages: boolean): Promise<Looked> {
    const unread = new Set<string>();
    const garbled = new Set<string>();
    const leftOut = new Set<string>();
    const rules = this.rules();
    const found = await surveyTree(this.tree.top, {
      isLeftOut: this.#leavesOut(rules, withPackages, leftOut),
      unread: (at) => unread.add(at),
      tooLong: (at) => unread.add(at),
      garbled: (at) => void [unread, garbled].map((all) => all.add(at)),
      room: this.tree.room,
      prunes: withPackages ? rules.prunes : { ...rules.prunes, names: [...rules.prunes.names, packagesName] },
      ...(this.#last && { about: this.#last.size, known: this.#last }),
    });
    if (withPackages) this.#last = found;
    const there = await this.parts.make(rules.links);
    const theirs =
      there.length === 0 ? found : new Map([...found, ...there.map((at) => [at, this.#link(at)] as const)]);
    await this.secrets.look(theirs);
    return { theirs, unread, garbled, leftOut };
  }

  /** @param leftOut learns what the rules leave out */
  #leavesOut(rules: LeftOut, withPackages: boolean, leftOut: Set<string>): (entry: Entry) => boolean {
    return (entry) => {
      if (entry.path === this.tree.own) return true;
      if (rules.of(entry.path, entry.kind) === undefined) return !withPackages && isOfPackages(entry.name);
      leftOut.add(entry.kind === 'folder' ? `${entry.path}/` : entry.path);
      return true;
    };
  }

  #link(at: string): Found {
    return { kind: 'link', to: this.parts.target(at), staysSo: true };
  }
}

/** @param unread as `Looked` has it */
export function isUnread(unread: ReadonlySet<string>, at: string): boolean {
  if (unread.size === 0) return false;
  return [...unread].some((one) => at === one || (one.endsWith('/') && `${at}/`.startsWith(one)));
}
