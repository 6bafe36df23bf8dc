// Folders that are new in a place, and of them those in which there is nothing.

export class NewFolders {
  readonly #empty = new Set<string>();

  add(folder: string): void {
    this.#empty.add(folder);
  }

  /** There is something of this path, which is no new folder: no folder that it lies in is empty. */
  holds(path: string): void {
    if (this.#empty.size === 0) return;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (!this.#empty.delete(path.slice(0, end))) return;
  }

  /** The outermost. */
  empty(): readonly string[] {
    const isWithin = (folder: string) =>
      this.#empty.has(folder.slice(0, Math.max(0, folder.lastIndexOf('/'))));
    return [...this.#empty].filter((folder) => !isWithin(folder));
  }
}
