// How much open work there is on each file and resource, kept up as features are done.
import type { Feature } from '../features/feature';
import type { FeatureId } from '../shared/ids';
import { eachInSteps, type Steps } from '../shared/steps';
import { exclusiveKeys, foldersAbove, isBelow, type KeyedScope, keyedScopesOf } from './keyedScopes';

/** Of those who want its files so many are counted for a feature; with more its file comes first anyway. */
const mostSharers = 4_096;

/** Which files each feature wants, and how many minutes of work all that want a file have together. */
export class FileLoads {
  /** Files by number, in the order they were first wanted. */
  readonly #numbers = new Map<string, number>();
  readonly #loads: number[] = [];
  /** Who wants each file, open or not. */
  readonly #users: FeatureId[][] = [];
  readonly #filesOf: (readonly number[])[] = [];
  readonly #minutes: number[] = [];
  /** Folders that are wanted as such, and who wants them: a file that is first wanted later is theirs, too. */
  readonly #folders = new Map<string, FeatureId[]>();

  /** All there are, once. */
  *want(features: readonly Feature[]): Steps<void> {
    const wanted: (readonly KeyedScope[])[] = [];
    yield* eachInSteps(features, (feature) => void wanted.push(keyedScopesOf(feature)));
    const keys = exclusiveKeys(wanted);
    yield* eachInSteps(features, ({ id }, at) => this.#want(id, wanted[at] ?? [], keys[at] ?? []));
  }

  /** The feature wants other places from now on. */
  move(id: FeatureId, places: readonly KeyedScope[]): void {
    const minutes = this.#minutesOf(id);
    this.weigh(id, 0);
    for (const file of this.#filesOf[id] ?? []) remove(this.#users[file] ?? [], id);
    for (const users of this.#folders.values()) remove(users, id);
    const keys = new Set(places.map(({ key }) => key));
    for (const { scope, key } of places) {
      if (scope.kind !== 'folder') continue;
      for (const other of this.#numbers.keys()) if (isBelow(other, key)) keys.add(other);
    }
    for (const key of keys) if (!this.#numbers.has(key)) this.#giveToFolders(key);
    this.#want(id, places, [...keys]);
    this.weigh(id, minutes);
  }

  /** The feature's work takes so many minutes from now on; 0 until it is told, and again once it is done. */
  weigh(id: FeatureId, minutes: number): void {
    const more = minutes - this.#minutesOf(id);
    for (const file of this.#filesOf[id] ?? []) this.#loads[file] = (this.#loads[file] as number) + more;
    this.#minutes[id] = minutes;
  }

  /** Minutes of open work on the feature's busiest file; 0 without files. */
  busiest(id: FeatureId): number {
    let most = 0;
    for (const file of this.#filesOf[id] ?? []) most = Math.max(most, this.#loads[file] as number);
    return most;
  }

  /** Minutes of all others that want one of its files, each once. */
  sharing(id: FeatureId): number {
    const own = this.#minutesOf(id);
    let shared: number | undefined;
    for (const file of this.#filesOf[id] ?? []) {
      if ((this.#loads[file] as number) <= own) continue;
      if (shared !== undefined) return this.#sharingOfSeveral(id);
      shared = this.#loads[file] as number;
    }
    return shared === undefined ? 0 : shared - own;
  }

  #sharingOfSeveral(id: FeatureId): number {
    const counted = new Set([id]);
    let sum = 0;
    let looks = 0;
    for (const file of this.#filesOf[id] ?? []) {
      for (const other of this.#users[file] ?? []) {
        if (looks++ >= mostSharers) return sum;
        if (counted.has(other)) continue;
        counted.add(other);
        sum += this.#minutesOf(other);
      }
    }
    return sum;
  }

  #want(id: FeatureId, places: readonly KeyedScope[], keys: readonly string[]): void {
    this.#filesOf[id] = keys.map((key) => this.#file(key, id));
    for (const { scope, key } of places) {
      if (scope.kind !== 'folder') continue;
      const users = this.#folders.get(key);
      if (users) users.push(id);
      else this.#folders.set(key, [id]);
    }
  }

  /** A file that nobody wanted before is also of those who want a folder above it. */
  #giveToFolders(key: string): void {
    const users = new Set(foldersAbove(key).flatMap((folder) => this.#folders.get(folder) ?? []));
    for (const user of users) {
      const file = this.#file(key, user);
      this.#filesOf[user] = [...(this.#filesOf[user] ?? []), file];
      this.#loads[file] = (this.#loads[file] as number) + this.#minutesOf(user);
    }
  }

  #minutesOf(id: FeatureId): number {
    return this.#minutes[id] ?? 0;
  }

  #file(key: string, user: FeatureId): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      this.#users[known]?.push(user);
      return known;
    }
    const file = this.#loads.push(0) - 1;
    this.#numbers.set(key, file);
    this.#users.push([user]);
    return file;
  }
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}
