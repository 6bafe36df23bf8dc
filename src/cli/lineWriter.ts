// Writes lines to one of the process's outputs; no call ever waits, whoever reads it and whatever disk lies behind it.
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

export interface LineWriter {
  /** Never waits and never throws: what is not taken at once is kept for later. */
  write(line: string): void;
  /** Resolves once all is taken or nobody is there to take it; with false when some of it cannot be written. */
  settled(): Promise<boolean>;
}

/**
 * A pipe is Node's own matter. A file whose disk refuses would end Node's stream for good, and a terminal that nobody
 * reads would stop the whole process, deaf to every signal: so these two are written here, and tried again.
 *
 * @param onRefused told in the system's words when the disk behind a file begins to refuse what is written
 */
export function createLineWriter(
  output: 'stdout' | 'stderr',
  onRefused: (why: string) => void = () => {},
): LineWriter {
  const fd = output === 'stdout' ? 1 : 2;
  if (isatty(fd)) {
    const terminal = openUnblocked(fd);
    return terminal === undefined
      ? streamed(process[output])
      : new PatientWriter({ fd: terminal, restMs: 20 });
  }
  const stat = fstatSync(fd);
  if (stat.isFIFO() || stat.isSocket()) return streamed(process[output]);
  return new PatientWriter({ fd, restMs: 1_000, onRefused });
}

function streamed(stream: NodeJS.WriteStream): LineWriter {
  // A reader that went away (`| head`) is no reason to end a run half way.
  stream.on('error', () => {});
  return {
    write: (line) => void stream.write(`${line}\n`),
    settled: () => new Promise((resolve) => stream.write('', () => resolve(true))),
  };
}

/** The same terminal by another description, since whether a call waits is a matter of that; undefined where it cannot be had. */
function openUnblocked(fd: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}

interface PatientOptions {
  readonly fd: number;
  /** From a write that was not taken to the next try. */
  readonly restMs: number;
  /** Without it whoever refuses has gone, as a terminal that was closed, and nothing more is written. */
  readonly onRefused?: (why: string) => void;
}

/** What an output takes in that takes nothing for a while. What comes beyond it is lost, which `settled` tells. */
const mostKeptBytes = 64 * 1024 * 1024;

class PatientWriter implements LineWriter {
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #isWhole = true;
  #isRefused = false;
  #again: NodeJS.Timeout | undefined;
  #settling: ((isWhole: boolean) => void)[] = [];

  constructor(private readonly options: PatientOptions) {}

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#keptBytes + bytes.length > mostKeptBytes) {
      this.#isWhole = false;
      return;
    }
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    if (this.#again === undefined) this.#flush();
  }

  settled(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#settling.push(resolve);
      this.#flush();
    });
  }

  #flush(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    try {
      for (let next = this.#kept[0]; next !== undefined; next = this.#kept[0]) {
        const taken = writeSync(this.options.fd, next);
        this.#keptBytes -= taken;
        if (taken === next.length) this.#kept.shift();
        else this.#kept[0] = next.subarray(taken);
      }
      this.#isRefused = false;
      this.#settle(this.#isWhole);
    } catch (error) {
      this.#later(error);
    }
  }

  #later(error: unknown): void {
    const isSlow = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
    const { onRefused, restMs } = this.options;
    if (!isSlow && !onRefused) {
      this.#kept.length = 0;
      this.#keptBytes = 0;
      this.#settle(true);
      return;
    }
    this.#again = setTimeout(() => this.#flush(), restMs);
    if (isSlow) return;
    this.#settle(false);
    if (this.#isRefused) return;
    this.#isRefused = true;
    onRefused?.(error instanceof Error ? error.message : String(error));
  }

  #settle(isWhole: boolean): void {
    for (const tell of this.#settling.splice(0)) tell(isWhole);
  }
}
