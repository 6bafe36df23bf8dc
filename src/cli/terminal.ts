// The terminal a command speaks to: results on one stream, remarks on the other, and signals that tell it to end.
import { setTimeout as pause } from 'node:timers/promises';
import { createLineWriter } from './lineWriter';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of the result, on stdout. */
  readonly print: (line: string) => void;
  /** A line beside the result, on stderr. */
  readonly note: (line: string) => void;
  /** A line for whoever looks for a fault; shown when PARALLEL_AGENTS_DEBUG is set. */
  readonly debug: (line: string) => void;
  /**
   * From now on the first Ctrl+C or SIGTERM calls `stop`, which has `leaveMs` to bring the command to its end; after
   * that, or at a second one, the process ends with the signal's exit code. Until it is called the first one does.
   * `unfinished`: what has not ended yet, named where that is known.
   */
  readonly onInterrupt: (stop: (exitCode: number) => void, unfinished: () => string) => void;
  /** Ends the process once all output is taken. What cannot be written is told, and makes of 0 a 1. */
  readonly leave: (exitCode: number) => Promise<void>;
}

/** A command is gone 5 s after it was asked to go, whatever it waits for. */
const leaveMs = 4_000;
const signals = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof signals;

/** What the user gave cannot be used; each problem on its own line, exit code 2. */
export class BadInput extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export function createTerminal(): Terminal {
  const remarks = createLineWriter('stderr');
  const note = remarks.write.bind(remarks);
  const results = createLineWriter('stdout', (why) =>
    note(`⏸️ The output cannot be written (${why}). It is kept, and written once there is room.`),
  );
  let stop: ((exitCode: number) => void) | undefined;
  let unfinished = () => '';
  let isAsked = false;
  let isLeaving = false;
  const onSignal = (name: Signal) => {
    if (isAsked || isLeaving || !stop) return void endBy(name, onSignal);
    isAsked = true;
    note(
      '🛑 Stopping: unfinished work is given up; your folder has what passed, and nothing else. Press Ctrl+C again to leave at once.',
    );
    setTimeout(() => {
      const what = unfinished();
      note(`⚠️ Left before all of it had ended${what && ` (${what})`}; the next run sees to that.`);
      void endBy(name, onSignal);
    }, leaveMs);
    stop(signals[name]);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    env: process.env,
    print: results.write.bind(results),
    note,
    debug: process.env.PARALLEL_AGENTS_DEBUG ? note : () => {},
    onInterrupt(next, told) {
      stop = next;
      unfinished = told;
    },
    async leave(exitCode) {
      isLeaving = true;
      const isWhole = await results.settled();
      if (!isWhole) note('❌ The output is not whole: some of it could not be written.');
      await remarks.settled();
      unhear(onSignal);
      process.exit(isWhole ? exitCode : exitCode || 1);
    },
  };
}

/** What still asks the disk has this long to get its answer before the process is ended around it. */
const graceMs = 200;

/**
 * Node ends only after every call to the disk has come back, and one that reads a pipe or a dead mount never does: with
 * such a one open the process dies by the signal itself, which a shell tells as the same exit code.
 */
async function endBy(name: Signal, onSignal: (name: Signal) => void): Promise<void> {
  unhear(onSignal);
  if (isAtDisk()) await pause(graceMs);
  if (isAtDisk()) process.kill(process.pid, name);
  process.exit(signals[name]);
}

/** From here on the system itself ends the process at a signal. */
function unhear(onSignal: (name: Signal) => void): void {
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
}

function isAtDisk(): boolean {
  return process
    .getActiveResourcesInfo()
    .some((kind) => kind.startsWith('FSReq') || kind.startsWith('GetAddr'));
}
