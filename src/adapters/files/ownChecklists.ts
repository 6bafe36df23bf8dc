// Checklists that a workspace has in the place of ours: `.parallel-agents/prompts/NAME_prompt.md`, never through a link.
import { lstat } from 'node:fs/promises';
import type { ChecklistName } from '../../core/routing/experts';
import type { OwnChecklist } from '../../ports/coordinator';
import { Failure } from '../../ports/failure';
import { isNotRead, readFileWithin, whyNotRead } from './boundedRead';
import { hasCode, orNull } from './fileFailure';
import type { Folder } from './openFolder';
import { inPartThere } from './statePart';

const folderName = 'prompts';
/** It is in every request of an attempt: some 5,000 tokens. */
export const mostChecklistBytes = 20 * 1024;

/**
 * Those that there are of `names`. One that cannot be had is told with a sentence that names it; nothing is thrown for it.
 * @param stateDir `.parallel-agents`, absolute
 */
export async function readOwnChecklists(
  stateDir: string,
  names: readonly ChecklistName[],
): Promise<readonly OwnChecklist[]> {
  const found = await Promise.all(names.map((name) => readOne(stateDir, name)));
  return found.filter((one) => one !== undefined);
}

async function readOne(stateDir: string, name: ChecklistName): Promise<OwnChecklist | undefined> {
  const file = `${name}_prompt.md`;
  const no = (why: string): OwnChecklist => ({
    name,
    ok: false,
    why: `.parallel-agents/${folderName}/${file} ${why}; the built-in checklist is used in its place.`,
  });
  try {
    const read = await orNull(inPartThere(stateDir, [folderName], (folder) => readIn(folder, file)));
    if (read === null) return undefined;
    return typeof read === 'string' ? no(read) : { name, ok: true, text: read.text };
  } catch (error) {
    if (Failure.is(error, 'foreign'))
      return no("is not read, for the folder it lies in is not the user's own");
    if (hasCode(error, 'EACCES', 'EPERM')) return no('may not be read');
    return no(`could not be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Why not, as the end of a sentence; null where there is none. */
async function readIn(folder: Folder, file: string): Promise<string | { readonly text: string } | null> {
  const bytes = await readFileWithin(folder.at(file), mostChecklistBytes);
  if (isNotRead(bytes)) {
    const there = await orNull(lstat(folder.at(file)));
    if (there?.isSymbolicLink()) return 'is a link';
    return bytes.notRead === 'missing' ? null : whyNotRead(bytes, mostChecklistBytes);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return 'is no text in UTF-8';
  }
}
