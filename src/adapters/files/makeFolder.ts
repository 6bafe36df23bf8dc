// Makes a folder and those above it, where a system may refuse in ways that Node's own `recursive` never comes back from.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { hasCode } from './fileFailure';

/**
 * Resolves when `folder` is there, or something else of its name: whoever uses it sees. Rejects as `mkdir` does.
 *
 * Where a system says of a new folder that there is none above it although there is one, as in `/proc` and below an
 * automounter, Node's `recursive` makes the same two folders in turn for ever.
 *
 * @param mode of those that are made
 */
export async function makeFolder(folder: string, mode = 0o700): Promise<void> {
  const made = () => mkdir(folder, mode).catch((error: unknown) => void mustBe(error, 'EEXIST'));
  try {
    await made();
  } catch (error) {
    mustBe(error, 'ENOENT');
    const above = path.dirname(folder);
    if (above === folder) throw error;
    await makeFolder(above, mode);
    await made();
  }
}

function mustBe(error: unknown, code: string): void {
  if (!hasCode(error, code)) throw error;
}
