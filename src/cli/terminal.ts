// The terminal a command speaks to: results on one stream, remarks on the other.

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line of the result, on stdout. */
  readonly print: (line: string) => void;
  /** A line beside the result, on stderr. */
  readonly note: (line: string) => void;
  /** A line for whoever looks for a fault; shown when PARALLEL_AGENTS_DEBUG is set. */
  readonly debug: (line: string) => void;
  /** Calls `stop` on the first Ctrl+C or SIGTERM; a second one ends the process. The answer stops listening. */
  readonly onInterrupt: (stop: () => void) => () => void;
}

/** What the user gave cannot be used; each problem on its own line, exit code 2. */
export class BadInput extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export function createTerminal(): Terminal {
  // A reader that went away (`| head`) is no reason to end a run half way.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  return {
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
    note,
    debug: process.env.PARALLEL_AGENTS_DEBUG ? note : () => {},
    onInterrupt(stop) {
      let asked = false;
      const onSignal = () => {
        if (asked) process.exit(130);
        asked = true;
        note(
          '🛑 Stopping: unfinished work is put back. Press Ctrl+C again to leave at once; the next run puts it back then.',
        );
        stop();
      };
      process.on('SIGINT', onSignal);
      process.on('SIGTERM', onSignal);
      return () => {
        process.off('SIGINT', onSignal);
        process.off('SIGTERM', onSignal);
      };
    },
  };
}
