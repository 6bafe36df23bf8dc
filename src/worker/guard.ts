// Stands between us and one shell command: runs it, passes on its output at a pace that can be looked at, and leaves
// nothing of it behind, whether it ends by itself, takes too long, is cancelled, or whoever asked for it dies. The end of
// its input tells of the last two, and so works for a parent that was killed.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { childrenCpuMs, fromTimes } from '../adapters/process/childrenCpu';
import { statusFd, tellsEnd, timesFd, viewArguments } from '../adapters/process/diskView';
import {
  type EndCause,
  encodeFrame,
  type GuardFrame,
  type GuardRequest,
  inputFd,
  outputFd,
} from '../adapters/process/guardFrames';
import { OutputThinner, type Piece } from '../adapters/process/outputThinner';
import { createProcessTerminator } from '../adapters/process/processTree';
import { startChild } from '../adapters/process/startChild';
import { fromIo, writtenBytes } from '../adapters/process/writtenBytes';

/** For what escaped us and still holds the command's output open. */
const quietMs = 500;
const longestDrainMs = 10_000;
/** Of what bubblewrap has to say, characters. */
const mostErrors = 2_000;

/** Not `process.stdout`, which blocks while the reader is stopped: then nobody would watch the time. */
const out = new Socket({ fd: 1, readable: false, writable: true });
const ender = createProcessTerminator();

guard().then(
  () => process.exit(0),
  () => process.exit(1), // whoever asked for the command sees no last frame, and sweeps
);

async function guard(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const cancelled = new Promise<'cancelled'>((resolve) => {
    const cancel = () => resolve('cancelled');
    lines.once('close', cancel);
    process.stdin.once('error', cancel);
    out.once('error', cancel);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, cancel);
  });
  const line = await Promise.race([once(lines, 'line'), cancelled]);
  if (line === 'cancelled') return;
  const request: GuardRequest = JSON.parse(line[0]); // ours, on a pipe that nobody else holds
  await send({ kind: 'taken' });
  const command = await startChild(`the command in ${request.cwd}`, () => startShell(request)).catch(
    (error: Error) => error.message,
  );
  if (typeof command === 'string') await send({ kind: 'failed', message: command });
  else await watch(command, request, cancelled);
}

async function watch(
  command: ShellProcess,
  request: GuardRequest,
  cancelled: Promise<EndCause>,
): Promise<void> {
  const exited = once(command, 'exit');
  const view = viewText(command);
  const times = textAt(command, timesFd);
  const flow = createFlow();
  const drained = Promise.all(outputsOf(command).map((stream) => flow.join(stream)));
  const timeout = new Promise<'timeout'>((resolve) => {
    setTimeout(() => resolve('timeout'), request.timeoutMs);
  });
  const shell = command.pid === undefined ? undefined : await ender.identify(command.pid);

  const cause = await Promise.race([exited.then(() => 'exited' as const), cancelled, timeout]);
  const { tag, graceMs } = request;
  // What cannot be ended is told when the whole attempt is swept; here it must not hide how the command itself ended.
  await ender.end({ process: shell, tag, graceMs, justEnded: true }).catch(() => 0);
  const [exitCode] = await exited;
  letGo(command);
  await drained;
  await flow.end();
  // What shows the view is killed with the command where that ends all its group: it had begun, or nobody had sent a signal.
  const isByItself = exitCode !== null && exitCode !== 0;
  const unseen = cause === 'exited' && isByItself ? await whyUnseen(view) : undefined;
  const told = await times;
  const cpuMs = sumOf(childrenCpuMs(), fromTimes(told));
  const wroteBytes = sumOf(writtenBytes(), fromIo(told));
  if (unseen !== undefined)
    await send({ kind: 'failed', message: `The copy could not be shown to the command: ${unseen}` });
  else if (cause === 'exited' && isRefused(told, exitCode, request))
    await send({ kind: 'failed', message: 'Could not start the command: the system gave no process for it' });
  else await send({ kind: 'ended', exitCode, cause, cpuMs, wroteBytes });
}

/** Of what is counted here and in a namespace apart. */
function sumOf(here: number | undefined, apart = 0): number | undefined {
  return here === undefined ? undefined : here + apart;
}

/** What is told of a view while it is made and ended. */
interface ViewText {
  readonly status: Promise<string>;
  readonly errors: () => string;
}

function viewText(command: ShellProcess): ViewText | undefined {
  if (!(command.stdio[statusFd] instanceof Readable)) return undefined;
  let errors = '';
  command.stderr.on('data', (bytes) => {
    errors = (errors + bytes).slice(-mostErrors);
  });
  return { status: textAt(command, statusFd), errors: () => errors.trim() };
}

/** All that is written there until nobody can any more; empty where there is no such stream. */
async function textAt({ stdio }: ShellProcess, fd: number): Promise<string> {
  const told = (stdio as readonly unknown[])[fd];
  if (!(told instanceof Readable)) return '';
  let text = '';
  told.on('data', (bytes) => {
    text += bytes;
  });
  await once(told, 'close');
  return text;
}

/** Why there was no view to run the command in; undefined where it ran. */
async function whyUnseen(words: ViewText | undefined): Promise<string | undefined> {
  return words && !tellsEnd(await words.status) ? words.errors() : undefined;
}

/** With more streams, at `statusFd` and `timesFd`, where it runs in a view. What a program prints passes by us. */
type ShellProcess = ChildProcess & { readonly stdout: Readable | null; readonly stderr: Readable };

/** Errors go into the same pipe as the rest, or the two would arrive in another order than they were written. */
const plain = 'exec "$2" -c "$1" 2>&1';
/**
 * The same by a shell that waits for the command: in a namespace of their own, processes end under its first, and nobody of
 * ours is told of the time they took and of what they wrote. What this shell itself would say of the command's end, the command
 * has not printed.
 */
const accounted = `exec 2>/dev/null; (exec "$2" -c "$1" 2>&1 ${timesFd}>&-); code=$?; times >&${timesFd}; while read -r line; do echo "$line"; done </proc/$$/io >&${timesFd}; exit $code`;

/** That shell ends by itself before it has told any times where it was given no process for the command. */
function isRefused(told: string, exitCode: number | null, { view, program }: GuardRequest): boolean {
  const isByItself = exitCode !== null && exitCode > 0 && exitCode < 128;
  return program === undefined && view?.ownProcesses === true && isByItself && told === '';
}

function startShell({ command, program, cwd, env, shell, view }: GuardRequest): ShellProcess {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  if (!existsSync(cwd)) throw new Error('there is no such folder'); // the system would say that there is no shell
  if (program) return startProgram(program, { cwd, env, view });
  if (process.platform === 'win32') {
    if (shell !== undefined && shell !== 'cmd.exe')
      return spawn(shell, ['-c', command], { cwd, env, stdio, windowsHide: true });
    const args = ['/d', '/s', '/c', `"${command}"`];
    return spawn('cmd.exe', args, { cwd, env, stdio, windowsHide: true, windowsVerbatimArguments: true });
  }
  const args = ['-c', view?.ownProcesses ? accounted : plain, 'sh', command, shell ?? '/bin/sh'];
  if (!view) return spawn('/bin/sh', args, { cwd, env, stdio, detached: true });
  const inView = [...viewArguments(view, cwd), '/bin/sh', ...args];
  const pipes = [...stdio, 'pipe' as const, ...(view.ownProcesses ? ['pipe' as const] : [])];
  return withPipes(spawn(view.program, inView, { cwd: '/', env, stdio: pipes, detached: true }));
}

/** Only what it prints as an error comes to us. */
function startProgram(
  [file = '', ...args]: readonly string[],
  { cwd, env, view }: Pick<GuardRequest, 'cwd' | 'env' | 'view'>,
): ShellProcess {
  const stdio: StdioOptions = [inputFd, outputFd, 'pipe', ...(view ? ['pipe' as const] : [])];
  const more = { env, stdio, detached: true, windowsHide: true };
  if (!view) return withPipes(spawn(file, args, { cwd, ...more }));
  return withPipes(spawn(view.program, [...viewArguments(view, cwd), file, ...args], { cwd: '/', ...more }));
}

/** It was asked to have them. */
function withPipes(child: ChildProcess): ShellProcess {
  const { stderr } = child;
  if (!stderr) throw new Error('its output cannot be read');
  return Object.assign(child, { stderr });
}

function outputsOf({ stdout, stderr }: ShellProcess): readonly Readable[] {
  return stdout ? [stdout, stderr] : [stderr];
}

interface Flow {
  /** Reads all that comes from `stream`, at once; resolves when there is no more. */
  join(stream: Readable): Promise<void>;
  /** Sends what is left to send. */
  end(): Promise<void>;
}

/** The command's output on its way: read as it comes, sent as it can be taken, and in bounded memory either way. */
function createFlow(): Flow {
  const thinner = new OutputThinner(() => performance.now());
  let sending = Promise.resolve();
  let isSending = false;
  let isEnding = false;
  let wake: NodeJS.Timeout | undefined;

  function flow(): void {
    clearTimeout(wake);
    if (isSending || isEnding) return;
    const piece = thinner.take();
    if (piece) {
      isSending = true;
      sending = sendPiece(piece).then(() => {
        isSending = false;
        flow();
      });
      return;
    }
    const waitMs = thinner.waitMs();
    if (waitMs !== undefined) wake = setTimeout(flow, waitMs);
  }

  return {
    async join(stream) {
      stream.on('data', (bytes: Buffer) => {
        thinner.push(bytes);
        flow();
      });
      await once(stream, 'close');
    },
    async end() {
      clearTimeout(wake);
      isEnding = true;
      await sending;
      const rest = thinner.takeRest();
      if (rest) await sendPiece(rest);
    },
  };
}

async function sendPiece({ skipped, bytes }: Piece): Promise<void> {
  if (skipped > 0) await send({ kind: 'skipped', count: skipped });
  await send({ kind: 'output', bytes });
}

/** All is ended, so the output ends too, unless something escaped us that holds it open. */
function letGo(command: ShellProcess): void {
  const untilMs = performance.now() + longestDrainMs;
  const outputs = outputsOf(command);
  const quiet = setTimeout(() => {
    for (const stream of [...outputs, ...command.stdio.slice(timesFd)]) stream?.destroy();
  }, quietMs);
  for (const stream of outputs) stream.on('data', () => performance.now() < untilMs && quiet.refresh());
}

/** Resolves when the frame is on its way; also when nobody is there any more to read it. */
function send(frame: GuardFrame): Promise<void> {
  return new Promise((resolve) => {
    out.write(encodeFrame(frame), () => resolve());
  });
}
