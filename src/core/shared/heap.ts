// Keeps numbers so that the first of them is at hand, however many there are.

/** The numbers come out in the order of `before`, each for log n steps. */
export class Heap {
  readonly #items: number[] = [];

  /** @param before whether `a` comes out ahead of `b`; of no two different numbers may it say so both ways */
  constructor(private readonly before: (a: number, b: number) => boolean) {}

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const above = items[(at - 1) >> 1] as number;
      if (!this.before(item, above)) break;
      items[at] = above;
    }
    items[at] = item;
  }

  /** Takes the first out; undefined when there is none. */
  pop(): number | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let next = 2 * at + 1;
      if (next >= items.length) break;
      if (next + 1 < items.length && this.before(items[next + 1] as number, items[next] as number)) next++;
      if (!this.before(items[next] as number, last)) break;
      items[at] = items[next] as number;
      at = next;
    }
    items[at] = last;
    return first;
  }
}
