// What staged changes say, for rules and for people to read.
import { Failure } from '../../ports/failure';
import type { FileState, FileTexts, StagedFile } from '../../ports/isolation';
import type { BlobStore } from '../files/blobStore';
import { maxFileBytes } from '../files/lookAt';
import { readText } from '../files/textForm';

export async function readStaged(kept: BlobStore, { before, after }: StagedFile): Promise<FileTexts> {
  return { before: await textOf(kept, before), after: await textOf(kept, after) };
}

async function textOf(kept: BlobStore, { hash }: FileState): Promise<string | null> {
  if (hash === null) return null;
  try {
    const bytes = await kept.get(hash);
    if (bytes.length > maxFileBytes) return '';
    return readText(bytes)?.text.replaceAll('\r\n', '\n') ?? '';
  } catch (error) {
    if (error instanceof Failure && error.reason === 'corrupt') return '';
    throw error;
  }
}
