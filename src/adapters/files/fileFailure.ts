// Says what a refused file operation means, as the failure the inner rooms know.
import { Failure, type FailureReason } from '../../ports/failure';

const reasons: Readonly<Record<string, FailureReason>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'readOnly',
  EACCES: 'denied',
  EPERM: 'denied',
  EMFILE: 'tooManyOpen',
  ENFILE: 'tooManyOpen',
};

/** What the whole machine lacks, whatever file is asked for. */
const machineCodes = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT', 'EROFS', 'EAGAIN'];

/** Runs `work`; what the file system throws comes out as a `Failure` that names what was being done. */
export async function asFailures<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw codeOf(error) === undefined ? error : fileFailure(error, doing);
  }
}

function fileFailure(error: unknown, doing: string): Failure {
  const code = codeOf(error);
  const why = error instanceof Error ? error.message : String(error);
  return new Failure(reasons[code ?? ''] ?? 'io', `Could not ${doing}: ${why}`, { cause: error });
}

/** Is `error` the file system's, with one of these codes (`ENOENT` …)? */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== undefined && codes.includes(code);
}

/** The value, or null where there is no such file. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** Is it this one file or folder that cannot be read, for its mode, its kind or the disk under it? */
export function isUnreadable(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !machineCodes.includes(code);
}

/** What the system's code means, where it means the same whatever was being done. */
export function reasonOf(error: unknown): FailureReason | undefined {
  return reasons[codeOf(error) ?? ''];
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && 'syscall' in error ? error.code : undefined;
}
