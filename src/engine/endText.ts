// Says how an attempt ended, in words for people and for the record.

import type { AgentEnd } from '../core/events/event';
import { describeLimit } from '../core/guardrails/budget';
import type { CommandResult, WorkerEnd } from '../ports/workers';
import type { Ending } from './attempt';

export function endCause(ending: Ending): AgentEnd {
  switch (ending.kind) {
    case 'passed':
    case 'unconfirmed':
    case 'failed':
      return 'done';
    case 'limit':
    case 'lost':
      return ending.kind;
    case 'yielded':
      return ending.cause === 'stopped' ? 'stopped' : 'yielded';
    default:
      return ending satisfies never;
  }
}

export function endNote(ending: Ending): string {
  switch (ending.kind) {
    case 'passed':
      return 'passing';
    case 'unconfirmed':
      return 'needs your check';
    case 'failed':
      return ending.reason.split('\n', 1)[0] ?? 'failed';
    case 'limit':
      return `reached ${describeLimit(ending.hit)}`;
    case 'lost':
    case 'yielded':
      return ending.note;
    default:
      return ending satisfies never;
  }
}

export function limitReason({ hit, note }: Extract<Ending, { kind: 'limit' }>): string {
  return `It reached ${describeLimit(hit)}.${note === undefined ? '' : ` ${note}`}`;
}

/**
 * Node aborts, and often without a word, when the system gives it no thread; where its own memory is full it aborts as
 * well, and says so.
 */
export function isRefusedThread({ signal, outputTail }: WorkerEnd): boolean {
  return signal === 'SIGABRT' && !isHeapFull(outputTail);
}

/** What a worker that nobody asked to end died of, as far as its end and its last words tell. */
export function describeDeath({ code, signal, outputTail }: WorkerEnd): string {
  const words = lastText(outputTail);
  if (isHeapFull(outputTail))
    return `Its process used up the memory that one process may have, and ${howEnded({ signal, code })}.`;
  if (signal === 'SIGKILL')
    return `Its process was killed (SIGKILL); the system does that when memory runs out.${words}`;
  return `Its process ${howEnded({ signal, code })}.${words}`;
}

/** As the end of a sentence that begins with the process. */
export function howEnded({ signal, code }: Pick<WorkerEnd, 'signal' | 'code'>): string {
  return signal === null ? `ended with code ${code}` : `ended by ${signal}`;
}

function isHeapFull(outputTail: string): boolean {
  return /heap out of memory|allocation failed/i.test(outputTail);
}

/** The line that names the error where there is one, else the last. */
function lastText(outputTail: string): string {
  const lines = outputTail.split('\n').filter((line) => line.trim() !== '' && !isOfStack(line));
  const line = lines.find((one) => /\bError\b/.test(one)) ?? lines.at(-1);
  return line === undefined ? '' : ` It last said: ${line.trim().slice(0, 300)}`;
}

/** Where in the program an error was, which is for whoever reads the log. */
function isOfStack(line: string): boolean {
  return /^\s+at \S/.test(line);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's own words end without a stop. */
export function sentenceOf(error: unknown): string {
  const words = messageOf(error).trim();
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** How a command came to its end that did not end well, as the end of a sentence that begins with it. */
export function describeExit(
  { exitCode, timedOut }: Pick<CommandResult, 'exitCode' | 'timedOut'>,
  timeoutMs: number,
): string {
  if (timedOut) return `did not end within ${Math.round(timeoutMs / 1000)} s`;
  return exitCode === null ? 'was ended by a signal' : `exited with ${exitCode}`;
}
