// Runs shell commands, each under a guard process that outlives us just long enough to end what the command started.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { notShown } from '../../core/shared/size';
import { Failure } from '../../ports/failure';
import type { CommandResult, CommandRun, CommandRunner } from '../../ports/workers';
import { commandEnvironment, type Environment, programEnvironment } from './childEnvironment';
import { createFrameReader, type EndCause, type GuardFrame, type GuardRequest } from './guardFrames';
import { createOutputTail, type OutputTail } from './outputTail';
import { addTags, tagVariable } from './processTag';
import { createProcessTerminator, type ProcessTree } from './processTree';
import { startChild } from './startChild';
import { createTextCleaner } from './terminalText';

export interface CommandRunnerOptions {
  /** The bundled `worker/guard.ts`. */
  readonly guardPath: string;
  /** Node, or the editor's executable, which acts as Node for the guard and is unknown to the command. */
  readonly execPath: string;
  /** How long processes may take to clean up when they are asked to end. */
  readonly graceMs?: number;
  /** How long after the command should have ended its guard is taken for stuck, and ended too. */
  readonly overtimeMs?: number;
  /** How long it may take to begin. */
  readonly birthMs?: number;
  readonly ender?: ProcessTree;
  readonly environment?: Environment;
}

const defaultGraceMs = 3_000;
/** The guard gives up by itself within 25 s: grace, 10 s of force, 10 s for output that is still held open. */
const defaultOvertimeMs = 30_000;
/**
 * Node begins in 0.1 s, on a busy machine in some. One that gets no thread may hang half made, and would do so until the
 * command's own time is over.
 */
const defaultBirthMs = 30_000;
/** A longer delay overflows Node's timer and would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export function createCommandRunner({
  guardPath,
  execPath,
  graceMs = defaultGraceMs,
  overtimeMs = defaultOvertimeMs,
  birthMs = defaultBirthMs,
  ender = createProcessTerminator(),
  environment = process.env,
}: CommandRunnerOptions): CommandRunner {
  async function run(command: CommandRun, signal?: AbortSignal): Promise<CommandResult> {
    const startedAt = performance.now();
    const tail = createOutputTail();
    const result = (
      exitCode: number | null,
      cause: EndCause,
      told: Pick<CommandResult, 'cpuMs' | 'wroteBytes' | 'guardEnd'> = {},
    ): CommandResult => ({
      exitCode,
      timedOut: cause === 'timeout',
      aborted: cause === 'cancelled',
      durationMs: Math.round(performance.now() - startedAt),
      ...told,
      outputTail: tail.text(),
      outputBytes: tail.totalBytes(),
    });
    if (signal?.aborted) return result(null, 'cancelled');

    const request = requestFor(command);
    const guard = await startGuard(request);
    const held = leash(guard, request.timeoutMs, signal);
    const report = await hear(guard, request, tail, held.begun, command.onOutput).finally(held.letGo);
    if (report.failed !== undefined) throw new Failure('spawn', report.failed, { inCommand: true });
    if (report.ended) {
      const { exitCode, cause, cpuMs, wroteBytes } = report.ended;
      return result(exitCode, cause, {
        ...(cpuMs !== undefined && { cpuMs }),
        ...(wroteBytes !== undefined && { wroteBytes }),
      });
    }

    // The guard itself was killed: by the command, by us, or by the system for want of memory. What cannot be ended is
    // told when the whole attempt is swept.
    await ender.end({ tag: request.tag, graceMs }).catch(() => 0);
    if (!report.wasTaken && !signal?.aborted)
      throw new Failure('spawn', 'The command guard ended before it had started the command.', {
        inCommand: true,
      });
    const isLate = performance.now() - startedAt >= request.timeoutMs;
    if (signal?.aborted || isLate || held.isByUs())
      return result(null, signal?.aborted ? 'cancelled' : isLate ? 'timeout' : 'exited');
    return result(null, 'exited', { guardEnd: report.guardEnd });
  }

  function requestFor(run: CommandRun): GuardRequest {
    const { command, cwd, view, timeoutMs, tag: attemptTag, env, shell } = run;
    // Two commands of one attempt run side by side, so what is left of each must be told from the other's.
    const tag = randomBytes(16).toString('hex');
    const lineage = addTags(environment[tagVariable], attemptTag, tag);
    return {
      command,
      cwd,
      ...(view && { view }),
      ...(shell !== undefined && { shell }),
      timeoutMs: Math.min(timeoutMs, longestTimerMs),
      tag,
      // A copy of the workspace has no repository of its own; git must not find and change the workspace's above it.
      env: commandEnvironment(environment, lineage, env),
      graceMs,
    };
  }

  function startGuard({ env }: GuardRequest): Promise<Guard> {
    const start = () =>
      spawn(execPath, [guardPath], {
        cwd: path.parse(guardPath).root,
        env: programEnvironment(environment, env[tagVariable] ?? ''),
        stdio: ['pipe', 'pipe', 'ignore'],
        detached: true, // or Ctrl-C in our terminal would reach it
        windowsHide: true,
      });
    return startChild('the command guard', start, { inCommand: true });
  }

  /** Cancels when `signal` fires, and ends a guard that does not begin, or that the command has stopped: it watches nothing any more. */
  function leash(guard: Guard, timeoutMs: number, signal: AbortSignal | undefined): Leash {
    let isByUs = false;
    const endAfter = (ms: number) =>
      setTimeout(
        () => {
          isByUs = true;
          guard.kill('SIGKILL');
        },
        Math.min(ms, longestTimerMs),
      );
    let overdue = endAfter(timeoutMs + overtimeMs);
    const unborn = endAfter(birthMs);
    const begun = () => clearTimeout(unborn);
    const cancel = () => {
      guard.stdin.end();
      clearTimeout(overdue);
      overdue = endAfter(overtimeMs);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel(); // while the guard was being started
    const letGo = () => {
      begun();
      clearTimeout(overdue);
      signal?.removeEventListener('abort', cancel);
    };
    return { begun, letGo, isByUs: () => isByUs };
  }

  return { run };
}

type Guard = ChildProcessByStdio<Writable, Readable, null>;

interface Leash {
  /** The guard has taken its command. */
  readonly begun: () => void;
  readonly letGo: () => void;
  /** Did it end the guard? */
  readonly isByUs: () => boolean;
}

interface Report {
  wasTaken: boolean;
  /** How the guard itself ended. */
  guardEnd: string;
  failed?: string;
  ended?: Extract<GuardFrame, { kind: 'ended' }>;
}

/** Resolves when the guard is gone, with what it had to say. */
async function hear(
  guard: Guard,
  request: GuardRequest,
  tail: OutputTail,
  begun: () => void,
  onOutput: CommandRun['onOutput'],
): Promise<Report> {
  const closed = once(guard, 'close');
  const report: Report = { wasTaken: false, guardEnd: '' };
  const live = onOutput && createTextCleaner();
  const show = (text: string | undefined) => text && onOutput?.(text);
  const read = createFrameReader((frame) => {
    switch (frame.kind) {
      case 'taken':
        report.wasTaken = true;
        begun();
        break;
      case 'failed':
        report.failed = frame.message;
        guard.stdin.end();
        break;
      case 'output':
        tail.push(frame.bytes);
        show(live?.push(frame.bytes));
        break;
      case 'skipped':
        tail.skip(frame.count);
        if (live) show(live.end() + notShown(frame.count));
        break;
      case 'ended':
        report.ended = frame;
        break;
      default:
        frame satisfies never;
    }
  });
  guard.stdout.on('data', read);
  guard.stdin.on('error', () => undefined); // it is gone, which `close` tells
  if (guard.stdin.writable) guard.stdin.write(`${JSON.stringify(request)}\n`);
  const [code, by] = await closed;
  report.guardEnd = by ?? `code ${code}`;
  show(live?.end());
  return report;
}
