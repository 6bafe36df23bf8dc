// Does the same with many things at once, as many as waiting for the disk can hide.

const atOnce = 16;

/** Resolves when all are done; rejects with the first that failed, and begins no more then. */
export async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  let hasFailed = false;
  const worker = async () => {
    for (const one of left) {
      if (hasFailed) return;
      try {
        await work(one);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  // All come to rest before anyone hears: nothing of a batch may still be written when its caller goes on.
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
