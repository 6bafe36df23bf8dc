// Runs programs that are spoken to while they work, each under a guard that ends it and all it has started when we do.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../ports/failure';
import type { DiskView } from '../../ports/workers';
import { agentEnvironment, type Environment, programEnvironment } from './childEnvironment';
import { createFrameReader, type GuardRequest, inputFd, outputFd } from './guardFrames';
import { createOutputTail } from './outputTail';
import { addTags, tagVariable } from './processTag';
import { createProcessTerminator, type ProcessTree } from './processTree';
import { startChild } from './startChild';

export interface ProgramRun {
  /** Its file, absolute, and its arguments. */
  readonly argv: readonly string[];
  /** As the program sees it. */
  readonly cwd: string;
  /** Absent: it sees the disk as it is. */
  readonly view?: DiskView;
  /** Goes over the allow-listed environment: what its place has, and what is its own, keys too. */
  readonly env: Readonly<Record<string, string>>;
  readonly tag: string;
}

export interface RunningProgram {
  /** What is written here it reads, and what it writes is read here. */
  readonly input: Duplex;
  readonly output: Duplex;
  /** Resolves when it and all that it started is gone. Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends its input, waits `politeMs` for it to go by itself, and has it ended then. Resolves with `ended`; may be called twice. */
  end(politeMs: number): Promise<ProgramEnd>;
}

export interface ProgramEnd {
  /** Null when a signal ended it, or its guard died. */
  readonly exitCode: number | null;
  /** The last of what it printed as errors. */
  readonly errors: string;
}

export interface ProgramRunner {
  /** Rejects with `Failure` (`spawn`, `tooManyOpen`) when there is no process to be had; a program that is not there ends at once. */
  start(run: ProgramRun): Promise<RunningProgram>;
}

export interface ProgramRunnerOptions {
  /** The bundled `worker/guard.ts`. */
  readonly guardPath: string;
  readonly execPath: string;
  /** Between asking processes to end and forcing them. */
  readonly graceMs?: number;
  readonly ender?: ProcessTree;
  readonly environment?: Environment;
}

const defaultGraceMs = 1_500;
/** The guard gives up by itself within so long after the grace. */
const overtimeMs = 25_000;
/** What ends it is the attempt's own limit, and no timer of Node's takes more. */
const noLimitMs = 2 ** 31 - 1;

export function createProgramRunner({
  guardPath,
  execPath,
  graceMs = defaultGraceMs,
  ender = createProcessTerminator(),
  environment = process.env,
}: ProgramRunnerOptions): ProgramRunner {
  return {
    async start({ argv, cwd, view, env, tag: attemptTag }) {
      const tag = randomBytes(16).toString('hex');
      const lineage = addTags(environment[tagVariable], attemptTag, tag);
      const request: GuardRequest = {
        command: '',
        program: argv,
        cwd,
        ...(view && { view }),
        timeoutMs: noLimitMs,
        tag,
        graceMs,
        env: agentEnvironment(environment, lineage, env),
      };
      const guard = await startChild('the guard of an agent', () =>
        spawn(execPath, [guardPath], {
          cwd: path.parse(guardPath).root,
          env: programEnvironment(environment, lineage),
          stdio: ['pipe', 'pipe', 'ignore', 'pipe', 'pipe'],
          detached: true,
          windowsHide: true,
        }),
      );
      const [input, output] = [streamAt(guard, inputFd), streamAt(guard, outputFd)];
      const ended = hear(guard, request).then(async (end) => {
        // Whatever became of the guard: nothing that it started stays.
        await ender.end({ tag, graceMs: 0 }).catch(() => 0);
        input.destroy();
        return end;
      });
      return {
        input,
        output,
        ended,
        async end(politeMs) {
          input.end();
          await Promise.race([ended, pause(politeMs, undefined, { ref: false })]);
          guard.stdin?.end();
          const late = setTimeout(() => guard.kill('SIGKILL'), graceMs + overtimeMs);
          return ended.finally(() => clearTimeout(late));
        },
      };
    },
  };
}

function streamAt({ stdio }: ChildProcess, fd: number): Duplex {
  const stream = (stdio as readonly unknown[])[fd];
  if (!isDuplex(stream)) throw new Failure('spawn', 'The guard of an agent has no pipe to it.');
  stream.on('error', () => undefined); // it is gone, which `ended` tells
  return stream;
}

function isDuplex(stream: unknown): stream is Duplex {
  return typeof stream === 'object' && stream !== null && 'write' in stream && 'read' in stream;
}

async function hear(guard: ChildProcess, request: GuardRequest): Promise<ProgramEnd> {
  const tail = createOutputTail();
  let exitCode: number | null = null;
  let why = '';
  const { stdout } = guard;
  if (!stdout) throw new Failure('spawn', 'The guard of an agent cannot be heard.');
  // Not its `close`, which waits for the pipes to the program too: those are read to their end by whoever speaks to it.
  const gone = Promise.all([once(guard, 'exit'), once(stdout, 'close')]);
  stdout.on(
    'data',
    createFrameReader((frame) => {
      if (frame.kind === 'output') tail.push(frame.bytes);
      if (frame.kind === 'skipped') tail.skip(frame.count);
      if (frame.kind === 'failed') why = frame.message;
      if (frame.kind === 'ended') exitCode = frame.exitCode;
      if (frame.kind === 'failed' || frame.kind === 'ended') guard.stdin?.end();
    }),
  );
  guard.stdin?.on('error', () => undefined);
  guard.stdin?.write(`${JSON.stringify(request)}\n`);
  await gone;
  return { exitCode, errors: [tail.text().trim(), why].filter((words) => words !== '').join('\n') };
}
