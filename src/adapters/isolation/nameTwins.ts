// Finds new names that another system would take for one that is there, or for no name at all.
import { lockKey, parseWorkspacePath } from '../../core/locks/lockPath';

export class NameTwins {
  /** By lock key, the names that are there, with the new ones so far; made when the first is asked for. */
  #known: Map<string, string> | undefined;

  /** @param names gives the paths that are there, folders too */
  constructor(private readonly names: () => readonly string[]) {}

  /** Why a path cannot be that of a new file of the workspace, as a sentence; undefined when it can. */
  why(path: string): string | undefined {
    const canonical = parseWorkspacePath(path);
    if (!canonical.ok) return `${canonical.error.message} Give the new file another name.`;
    if (path.includes('\\'))
      return `Its name has a "\\", which parts folders on other systems; call it "${path.replaceAll('\\', '-')}", for instance.`;
    if (canonical.value !== path)
      return `Its name is not in the form that all systems share; call it "${canonical.value}" in NFC.`;
    return this.#twin(path);
  }

  #twin(path: string): string | undefined {
    const known = this.#known ?? new Map(this.names().map((name) => [lockKey(name), name]));
    this.#known = known;
    const own: string[] = [];
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const at = end < 0 ? path : path.slice(0, end);
      const twin = known.get(lockKey(at));
      if (twin !== undefined && twin !== at)
        return `Its name differs from the existing "${twin}" only in case or Unicode form.`;
      own.push(at);
      if (end < 0) break;
    }
    for (const at of own) known.set(lockKey(at), at);
    return undefined;
  }
}
