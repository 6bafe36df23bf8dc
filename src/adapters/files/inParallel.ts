// Work on files, a few at a time.

/** Copying waits for the disk most of the time; more at once than this gains nothing. */
const atOnce = 16;

export async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
