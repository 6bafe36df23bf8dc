// Which staged files would bring values of the user's secret files into the open, under whatever name a command gave them.
import { Failure } from '../../ports/failure';
import type { FileState, SecretsHeld, StagedFile } from '../../ports/isolation';
import { stepsInSlices } from '../files/inSlices';
import { readText } from '../files/textForm';
import type { SecretsSeen } from './secretsSeen';

/**
 * A value that a file of the work held before is in the open already, and may go on to another.
 *
 * @param contentOf staged content by hash
 */
export async function secretsHeld(
  secrets: SecretsSeen,
  files: readonly StagedFile[],
  contentOf: (hash: string) => Promise<Buffer>,
): Promise<readonly SecretsHeld[]> {
  const wholes = files.flatMap(({ path, after: { hash } }) => {
    const of = hash === null ? undefined : secrets.wholeFile(hash);
    return of === undefined ? [] : [{ path, of: [of] }];
  });
  const parts = secrets.values.isEmpty ? [] : await valuesHeld(secrets, files, contentOf);
  return [...wholes, ...parts].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function valuesHeld(
  secrets: SecretsSeen,
  files: readonly StagedFile[],
  contentOf: (hash: string) => Promise<Buffer>,
): Promise<readonly SecretsHeld[]> {
  const valuesIn = async ({ hash }: FileState) =>
    hash === null ? new Set<string>() : stepsInSlices(secrets.values.in(await textOf(hash, contentOf)));
  const after = new Map<string, ReadonlySet<string>>();
  for (const file of files) {
    const values = await valuesIn(file.after);
    if (values.size > 0) after.set(file.path, values);
  }
  const open = new Set<string>();
  if (after.size > 0)
    for (const { before } of files) for (const value of await valuesIn(before)) open.add(value);
  return [...after]
    .map(([path, values]) => ({ path, of: secrets.filesOf([...values].filter((one) => !open.has(one))) }))
    .filter(({ of }) => of.length > 0);
}

/** In whatever encoding; of what is no text, the letters in it. */
async function textOf(hash: string, contentOf: (hash: string) => Promise<Buffer>): Promise<string> {
  try {
    const bytes = await contentOf(hash);
    return readText(bytes)?.text ?? bytes.toString();
  } catch (error) {
    // What was there before is only kept once it is replaced.
    if (Failure.is(error, 'corrupt')) return '';
    throw error;
  }
}
