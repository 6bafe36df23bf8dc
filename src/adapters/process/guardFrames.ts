// What the guard and the command runner tell each other: one line of JSON in, frames out.
import type { DiskView } from '../../ports/workers';

/** The line the guard reads first. The end of its input, whenever it comes, means: end the command. */
export interface GuardRequest {
  readonly command: string;
  /** A program with its arguments, to be run instead of a command: it gets the guard's own `inputFd` and `outputFd`. */
  readonly program?: readonly string[];
  /** As the command sees it. */
  readonly cwd: string;
  readonly view?: DiskView;
  /** Takes the command after `-c`; absent: the system's own. */
  readonly shell?: string;
  /** No more than a timer of Node's can take, 2^31 - 1. */
  readonly timeoutMs: number;
  /** Carried by this command's processes and no others. */
  readonly tag: string;
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** Between asking processes to end and forcing them. */
  readonly graceMs: number;
}

/**
 * `taken` comes first, before the command can do anything, so that a guard which the command kills is told from one that
 * never ran. Then any number of `output` and `skipped`, and as the last `ended`, or `failed` where it never came to the command.
 * `skipped`: so many bytes were printed here and left out; at least the next 64 KiB, or all up to the end, are whole.
 */
export type GuardFrame =
  | { readonly kind: 'taken' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  | { readonly kind: 'skipped'; readonly count: number }
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly cause: EndCause;
      readonly cpuMs?: number;
      readonly wroteBytes?: number;
    };

/** `exited` by itself, `timeout`, or `cancelled` by the end of the guard's input. */
export type EndCause = 'exited' | 'timeout' | 'cancelled';

/** Of a guard that is to run a program: these lead past it, from whoever started it to the program and back. */
export const inputFd = 3;
export const outputFd = 4;

/** One byte that tells output from a message, four bytes of length, the content. */
const headBytes = 5;
const outputMark = 0x4f;
const messageMark = 0x4d;
/** The guard sends what it reads, 64 KiB at most; a longer frame is none of its. */
const longestFrame = 1024 * 1024;

export function encodeFrame(frame: GuardFrame): Buffer {
  const isOutput = frame.kind === 'output';
  const content = isOutput ? frame.bytes : Buffer.from(JSON.stringify(frame));
  const bytes = Buffer.alloc(headBytes + content.length);
  bytes.writeUInt8(isOutput ? outputMark : messageMark, 0);
  bytes.writeUInt32LE(content.length, 1);
  bytes.set(content, headBytes);
  return bytes;
}

/**
 * Puts frames together from chunks cut anywhere. What is no frame comes as `failed`, and nothing after it: the other end
 * is not the guard, or something else writes into its pipe.
 */
export function createFrameReader(onFrame: (frame: GuardFrame) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let isBroken = false;
  return (chunk) => {
    if (isBroken) return;
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    while (pending.length >= headBytes) {
      const mark = pending.readUInt8(0);
      const endAt = headBytes + pending.readUInt32LE(1);
      isBroken = (mark !== outputMark && mark !== messageMark) || endAt > longestFrame;
      if (isBroken) return onFrame({ kind: 'failed', message: 'The command guard sent what is no frame.' });
      if (pending.length < endAt) return;
      const content = pending.subarray(headBytes, endAt);
      pending = pending.subarray(endAt);
      onFrame(mark === outputMark ? { kind: 'output', bytes: content } : JSON.parse(content.toString()));
    }
  };
}
