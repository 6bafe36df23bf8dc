// Whether what a program printed says that the machine lacked something, in the words of systems, languages and tools.
import { inert } from '../shared/inert';

/** Room on a disk, processes or threads, open files, watches over files, memory. */
export type Lack = 'disk' | 'processes' | 'files' | 'watches' | 'memory';

export interface SpokenLack {
  readonly lack: Lack;
  /** The line that says so, for people. */
  readonly line: string;
}

/**
 * The first that fits counts: a system that has no watch left says so with the codes of a full disk and of open files, and
 * one that has no thread left with those of memory.
 */
const words: readonly (readonly [Lack, RegExp])[] = [
  [
    'watches',
    /system limit for number of file watchers|\bEMFILE: too many open files, watch\b|\binotify\w*\b[^\n]{0,80}\b(?:limit|no space left|too many open|exhausted)|\blimit\b[^\n]{0,40}\binotify\b/i,
  ],
  [
    'disk',
    /\b(?:ENOSPC|EDQUOT|StorageFull)\b|\bno space left on (?:the )?device\b|\b(?:disk )?quota exceeded\b|\b(?:disk|file ?system|volume) (?:is )?full\b|\bnot enough (?:free )?(?:disk )?space\b|\bout of disk space\b/i,
  ],
  [
    'processes',
    /\b(?:cannot|can't|could not|couldn't|unable to|failed to) (?:v?fork|(?:create|start|spawn|launch) (?:a |an )?(?:new )?(?:(?:os|native|worker) )?(?:thread|process))\b|\bv?fork(?:\(\))?(?::| failed)[^\n]{0,40}(?:retry|resource temporarily|cannot allocate|errno)|\bfork\/exec\b[^\n]{0,120}(?:resource temporarily|cannot allocate)|\b(?:spawn|fork|clone|posix_spawn)\w*\b[^\n]{0,200} (?:EAGAIN|ENOMEM)\b|\b(?:pthread|uv_thread)_create\b|\bresource temporarily unavailable\b/i,
  ],
  ['files', /\b(?:EMFILE|ENFILE)\b|\btoo many open files\b/i],
  [
    'memory',
    /\bENOMEM\b|\bcannot allocate memory\b|^(?!.*heap).*\bout of memory\b|\bMemoryError\b|\bbad_alloc\b|\bnot enough memory\b|^(?:.*[:\d] )?Killed\b|\bSIGKILL\b/im,
  ],
];

/** Characters of the line. */
const mostQuoted = 200;

/** @param output what a terminal would show, the end of it */
export function spokenLack(output: string): SpokenLack | undefined {
  for (const [lack, word] of words) {
    const found = word.exec(output);
    if (found) return { lack, line: lineAround(output, found.index, found[0]) };
  }
  return undefined;
}

function lineAround(output: string, index: number, word: string): string {
  const from = output.lastIndexOf('\n', index) + 1;
  const end = output.indexOf('\n', index);
  const line = output.slice(from, end === -1 ? output.length : end);
  const whole = line.length <= mostQuoted ? line : word.slice(0, mostQuoted);
  return inert(whole).trim();
}
