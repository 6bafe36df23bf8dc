// How long a path may be. The system takes none above some thousand bytes, though trees can be deeper: what is in there can be
// reached by programs that go from folder to folder, but not by name.

/**
 * What the system takes (Windows 32,767 characters, Linux 4,096 bytes, macOS 1,024) less two longest names, on macOS one:
 * so what is too long itself, and what is in it, can still be named and taken away.
 */
const longestBytes = process.platform === 'win32' ? 30_000 : process.platform === 'darwin' ? 740 : 3_400;

/** Bytes for a path from each of `folders` (absolute) on. */
export function roomBelow(...folders: readonly string[]): number {
  return longestBytes - 1 - Math.max(0, ...folders.map((folder) => Buffer.byteLength(folder)));
}

/** @param room in bytes */
export function isTooLong(path: string, room: number): boolean {
  return path.length * 3 > room && Buffer.byteLength(path) > room;
}
