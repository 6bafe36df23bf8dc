// The model's key while a host lives: in memory only, given by a face, waited for by workers that need it.

export class KeyHolder {
  #key: string | undefined;
  #waiting: ((key: string) => void)[] = [];

  set(key: string): void {
    this.#key = key;
    for (const give of this.#waiting.splice(0)) give(key);
  }

  /** The key; after a crash of the host, once a face has given it again. */
  get(): Promise<string> {
    const key = this.#key;
    return key === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(key);
  }
}
