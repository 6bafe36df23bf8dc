// How much room a tree takes on its disk, by the system's own program where there is one.
import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { walkTree } from '../files/walkTree';
import type { Environment } from './childEnvironment';
import { findProgram } from './findProgram';

/**
 * In bytes; what cannot be looked at counts as nothing. Undefined where `signal` fired first.
 *
 * @param workspace in which the program is not looked for
 */
export async function treeSize(
  folder: string,
  workspace: string,
  signal: AbortSignal,
  environment: Environment = process.env,
): Promise<number | undefined> {
  const program = process.platform === 'win32' ? undefined : findProgram('du', workspace, environment);
  const told = program === undefined ? undefined : await toldBy(program, folder, signal);
  return told ?? walked(folder, signal);
}

/** It complains of what it may not enter, and tells the rest. */
function toldBy(program: string, folder: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile(program, ['-sk', folder], { cwd: '/', signal }, (_, printed) => {
      const kib = /^(\d+)\s/.exec(printed)?.[1];
      resolve(kib === undefined ? undefined : Number(kib) * 1024);
    });
  });
}

async function walked(folder: string, signal: AbortSignal): Promise<number | undefined> {
  let bytes = 0;
  await walkTree(folder, true, (entry) => {
    if (signal.aborted) return undefined;
    bytes += lstatSync(path.join(folder, entry.path), { throwIfNoEntry: false })?.size ?? 0;
    return true;
  });
  return signal.aborted ? undefined : bytes;
}
