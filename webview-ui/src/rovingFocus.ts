// One stop for Tab in a drawing of many things: keys lead from one to the next, and Tab comes back to where one was.

export interface RovingFocus {
  /** After a change of the nodes: the one that was the stop stays it, else the first is. */
  reset(nodes: readonly SVGElement[]): void;
}

/** @param next the index that a key leads to from another, undefined for keys that lead nowhere */
export function addRovingFocus(
  frame: HTMLElement,
  next: (at: number, key: string) => number | undefined,
): RovingFocus {
  let nodes: readonly SVGElement[] = [];
  let current: SVGElement | undefined;
  const stopAt = (node: SVGElement | undefined) => {
    current?.setAttribute('tabindex', '-1');
    current = node;
    node?.setAttribute('tabindex', '0');
  };
  frame.addEventListener('focusin', ({ target }) => {
    const node = nodes.find((one) => one === target);
    if (node) stopAt(node);
  });
  frame.addEventListener('keydown', (event) => {
    const at = current ? nodes.indexOf(current) : -1;
    const to = at < 0 ? undefined : next(at, event.key);
    const node = to === undefined ? undefined : nodes[to];
    if (node === undefined) return;
    event.preventDefault();
    stopAt(node);
    node.focus();
  });
  return {
    reset(all) {
      nodes = all;
      if (current === undefined || !nodes.includes(current)) stopAt(nodes[0]);
    },
  };
}

/** Enter, space and a click do the same. */
export function addPress(node: SVGElement, press: () => void): void {
  node.addEventListener('click', press);
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    press();
  });
}
