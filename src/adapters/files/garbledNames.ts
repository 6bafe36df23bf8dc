// Names on the disk that are no UTF-8: no text stands for exactly one of them, so nothing that goes by paths can name one.
import { type Dirent, readdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hasCode } from './fileFailure';

/** Stands in a decoded name for what could not be decoded. */
const undecoded = '\uFFFD';

/** Why such an entry is left out, as the end of a sentence that begins with its name as far as it can be read. */
export const garbledText = 'a name that is no UTF-8';

/** Could `decoded` be of bytes that are no UTF-8? Whoever has the bytes can tell. */
export function mayBeGarbled(decoded: string): boolean {
  return decoded.includes(undecoded);
}

export function isGarbled(bytes: Buffer): boolean {
  return !Buffer.from(bytes.toString()).equals(bytes);
}

/** Of the entries of a folder, those whose names are no UTF-8. */
export function garbledOf(folder: string, entries: readonly Dirent[]): ReadonlySet<Dirent> {
  if (!entries.some(({ name }) => mayBeGarbled(name))) return new Set();
  const known = new Map<string, boolean[]>();
  for (const bytes of readdirSync(folder, { encoding: 'buffer' })) {
    const name = bytes.toString();
    if (mayBeGarbled(name)) known.set(name, [...(known.get(name) ?? []), isGarbled(bytes)]);
  }
  // Those that look alike cannot be told apart, but for the one of them whose name this really is.
  return new Set(
    entries.filter((entry) => mayBeGarbled(entry.name) && (known.get(entry.name)?.pop() ?? true)),
  );
}

/** Removes all of a folder that is shown as `name` because its name is no UTF-8; what is called just so stays. */
export async function removeGarbled(folder: string, name: string): Promise<void> {
  const entries = await readdir(folder, { encoding: 'buffer' }).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    return [];
  });
  for (const bytes of entries)
    if (bytes.toString() === name && isGarbled(bytes))
      await rm(Buffer.concat([Buffer.from(`${folder}/`), bytes]), { recursive: true, force: true });
}
