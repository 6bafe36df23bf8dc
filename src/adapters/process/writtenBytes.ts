// How much this process and the children that it has seen end have written: the guard's account of the command it ran.
import { readFileSync } from 'node:fs';

/** Bytes, those to pipes too; undefined where the system does not tell. Linux adds a child's count to its parent's as it does CPU time. */
export function writtenBytes(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return fromIo(readFileSync('/proc/self/io', 'latin1'));
  } catch {
    return undefined;
  }
}

/** As `/proc/<pid>/io` has it. */
export function fromIo(text: string): number | undefined {
  const count = /^wchar: (\d+)$/m.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}
