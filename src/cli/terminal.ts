// The terminal a command speaks to: results on one stream, remarks on the other, and signals that tell it to end.
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
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
   * that, or at a second one, the process ends with the signal's exit code. Until it is called the first one ends it.
   * `unfinished`: what has not ended yet, named where that is known.
   */
  readonly onInterrupt: (stop: (exitCode: number) => void, unfinished: () => string) => void;
  /** Ends the process once all output is taken. What cannot be written is told, and makes of 0 a 1. */
  readonly leave: (exitCode: number) => Promise<void>;
}

/** A command is gone 5 s after it was asked to go, whatever it waits for. */
const leaveMs = 4_000;
/** What its thread may be busy with when that is over. */
const busyMs = 600;
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
  let unhear = () => {};
  let heard: Signal | undefined;
  return {
    env: process.env,
    print: results.write.bind(results),
    note,
    debug: process.env.PARALLEL_AGENTS_DEBUG ? note : () => {},
    onInterrupt(stop, unfinished) {
      unhear = onFirstSignal((name) => {
        heard = name;
        note(
          '🛑 Stopping: unfinished work is given up; your folder has what passed, and nothing else. Press Ctrl+C again to leave at once.',
        );
        setTimeout(() => {
          const what = unfinished();
          note(`⚠️ Left before all of it had ended${what && ` (${what})`}; the next run sees to that.`);
          void endBy(name);
        }, leaveMs);
        stop(signals[name]);
      });
    },
    async leave(exitCode) {
      unhear();
      const isWhole = await results.settled();
      if (!isWhole) note('❌ The output is not whole: some of it could not be written.');
      await remarks.settled();
      const code = isWhole ? exitCode : exitCode || 1;
      if (heard !== undefined) return endBy(heard, code);
      if (await isKeptByDisk()) {
        note('⏳ All is done, but a disk does not answer. This ends once it does; Ctrl+C ends it at once.');
        await remarks.settled();
      }
      process.exit(code);
    },
  };
}

/**
 * Calls `hear` soon after the first of the signals. Before this is called, and from `hear` on, the system itself ends the
 * process at one: that needs no turn of a thread which may be busy for seconds. The answer ends the hearing.
 */
function onFirstSignal(hear: (name: Signal) => void): () => void {
  let heard = 0;
  const onSignal = (name: Signal) => {
    heard++;
    if (heard > 1) return void endBy(name);
    endAnyway(name);
    // A second one that has come by now is told in the next turn; it would be lost if nobody listened then. After it
    // nothing begins that could end in good order, with another exit code, while the disk is waited for.
    setImmediate(() =>
      setImmediate(() => {
        unhear();
        if (heard === 1) hear(name);
      }),
    );
  };
  const unhear = () => {
    for (const name of Object.keys(signals)) process.off(name, onSignal);
  };
  for (const name of Object.keys(signals)) process.on(name, onSignal);
  return unhear;
}

/**
 * Where this thread is so busy that even the words of its own end come too late, another one ends the process without: by
 * the signal, or by force where this thread had not even a turn to stop listening to that.
 */
function endAnyway(name: Signal): void {
  const endAt = Date.now() + leaveMs + busyMs;
  const code = `const end = (signal, at) => setTimeout(() => process.kill(process.pid, signal), at - Date.now());
    end(${JSON.stringify(name)}, ${endAt}); end('SIGKILL', ${endAt + graceMs});`;
  try {
    new Worker(code, { eval: true }).on('error', () => {}).unref();
  } catch {
    // The system gives no thread more; this one ends the process if it has a turn, and a second signal does.
  }
}

/** What still asks the disk has this long to get its answer before the process is ended around it. */
const graceMs = 200;

/**
 * Node ends only after every call to the disk has come back, and one that reads a pipe or a dead mount never does: with
 * such a one open the process dies by the signal itself, which a shell tells as the same exit code.
 */
async function endBy(name: Signal, exitCode: number = signals[name]): Promise<void> {
  if (await isKeptByDisk()) process.kill(process.pid, name);
  process.exit(exitCode);
}

async function isKeptByDisk(): Promise<boolean> {
  if (isAtDisk()) await pause(graceMs);
  return isAtDisk();
}

function isAtDisk(): boolean {
  return process
    .getActiveResourcesInfo()
    .some((kind) => kind.startsWith('FSReq') || kind.startsWith('GetAddr'));
}
