// Runs a command to its end and tells what it took, all that it started included.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { repoRoot } from '../../support/repoRoot';

export interface Timed {
  readonly code: number | null;
  readonly wallMs: number;
  /** Of the process and all its descendants that were waited for. */
  readonly cpuMs: number;
  /** Both outputs as they came, in lines. */
  readonly lines: readonly string[];
}

export interface TimedCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Beside what `machinePath` and this process's environment give. */
  readonly env?: NodeJS.ProcessEnv;
  /** It is ended then, and its code is null. */
  readonly limitMs: number;
  /** Each line of its output, not of what it says beside it. */
  readonly onLine?: (line: string) => void;
}

/** A shell around it tells the time at the end; nothing else sums up a tree of processes. */
const script = '"$@"; code=$?; times >&3; exit $code';

export async function timedCommand(command: TimedCommand): Promise<Timed> {
  const startedAt = performance.now();
  const { cwd, env, limitMs, onLine } = command;
  const child = spawn('sh', ['-c', script, 'sh', ...command.argv], {
    cwd,
    env: { ...process.env, PATH: machinePath(), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const times: string[] = [];
  const [, out, said, told] = child.stdio;
  const read = (stream: typeof out | typeof told, into: string[], line?: (line: string) => void) =>
    createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (text) => {
      into.push(text);
      line?.(text);
    });
  read(out, lines, onLine);
  read(said, lines);
  read(told, times);
  const limit = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), limitMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (ended) => resolve(ended));
  });
  clearTimeout(limit);
  return { code, wallMs: performance.now() - startedAt, cpuMs: childrenMs(times[1]), lines };
}

/** `1m2.34s 0m0.56s`: what children took, for themselves and in the system. */
function childrenMs(line = ''): number {
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
}

/** Without the programs that this checkout brings for itself: another project is tested by the machine's own Node. */
export function machinePath(): string {
  const parts = (process.env.PATH ?? '').split(path.delimiter);
  return parts.filter((part) => !part.startsWith(`${repoRoot}${path.sep}`)).join(path.delimiter);
}
