// Keeps workers ready ahead of need: a warm worker has loaded its program and waits for its token, so that handing work over
// costs no start of a process.
import type { Clock } from '../../ports/system';
import type { WorkerSpawner } from '../../ports/workers';
import type { IdleWorker, WorkerStarter } from './workerSpawner';

export interface WarmSpawnerOptions {
  readonly starter: WorkerStarter;
  readonly clock: Clock;
  /**
   * The mark of a worker that was started before its attempt. What it runs later carries the attempt's; it itself is
   * known by its number and start time, which are on record before it begins, and until then it ends with its host.
   */
  readonly warmTag: string;
  /** How long nobody may have asked for a worker before the next warm worker is started; default 250 ms. */
  readonly restMs?: number;
}

export interface WarmSpawner extends WorkerSpawner {
  /** From now on so many workers stand ready; what is too much is ended, what is missing started when it is quiet. */
  keep(count: number): void;
  /** Ends the warm workers, resolves when they are gone; none is started afterwards. */
  close(): Promise<void>;
}

/** Starting a process takes the host's thread for some 10 ms and a core for 100: not while a worker takes up its work. */
const defaultRestMs = 250;
/** A warm worker that dies unasked is replaced; each time one does, after twice the rest. */
const mostDoublings = 8;

export function createWarmSpawner({
  starter,
  clock,
  warmTag,
  restMs = defaultRestMs,
}: WarmSpawnerOptions): WarmSpawner {
  /** Oldest first: those have loaded. */
  const idle: Promise<IdleWorker>[] = [];
  const ends = new Set<Promise<unknown>>();
  let wanted = 0;
  let deaths = 0;
  let isClosed = false;
  let cancelRest: (() => void) | undefined;

  function rest(): void {
    cancelRest?.();
    cancelRest = undefined;
    if (idle.length >= wanted) return;
    cancelRest = clock.after(restMs * 2 ** Math.min(deaths, mostDoublings), () => {
      cancelRest = undefined;
      add();
      rest();
    });
  }

  function add(): void {
    const warmWorker = starter.start(warmTag);
    idle.push(warmWorker);
    const lost = () => {
      if (!take(warmWorker)) return;
      deaths += 1;
      rest();
    };
    void warmWorker.then((worker) => worker.exited.then(lost), lost);
  }

  function take(warmWorker: Promise<IdleWorker> | undefined): boolean {
    const at = warmWorker ? idle.indexOf(warmWorker) : -1;
    if (at >= 0) idle.splice(at, 1);
    return at >= 0;
  }

  function dismiss(warmWorker: Promise<IdleWorker>): void {
    const gone = warmWorker.then(
      (worker) => {
        worker.dismiss();
        return worker.exited;
      },
      () => undefined, // it never came
    );
    ends.add(gone);
    void gone.then(() => ends.delete(gone));
  }

  function keep(count: number): void {
    wanted = isClosed ? 0 : count;
    for (const warmWorker of idle.splice(wanted)) dismiss(warmWorker);
    if (!cancelRest || idle.length >= wanted) rest();
  }

  return {
    async spawn(start) {
      const warmWorker = idle.shift();
      rest();
      const worker = await warmWorker?.catch(() => undefined);
      if (!worker) return starter.start(start.tag).then((fresh) => named(fresh, start.slot));
      deaths = 0;
      rest();
      return named(worker, start.slot);
    },
    keep,
    async close() {
      isClosed = true;
      keep(0);
      await Promise.all(ends);
    },
  };
}

function named(worker: IdleWorker, slot: number): IdleWorker {
  worker.takeSlot(slot);
  return worker;
}
