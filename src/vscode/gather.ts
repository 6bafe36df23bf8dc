// Lets a burst of changes lead to one redraw.

export interface Gathered {
  /** Runs the work once, at most `waitMs` from now, however often this is called until then. */
  ask(): void;
  dispose(): void;
}

export function createGathered(waitMs: number, work: () => void): Gathered {
  let timer: NodeJS.Timeout | undefined;
  return {
    ask() {
      timer ??= setTimeout(() => {
        timer = undefined;
        work();
      }, waitMs);
    },
    dispose() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
