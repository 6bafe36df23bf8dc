// The tools every coding agent has, in the order the model is told of them.
import { editFile, writeFile } from './editTools';
import { finish, giveUp, reportProgress } from './endTools';
import { claimFile, releaseFile } from './lockTools';
import { deleteFile, moveFile } from './moveTools';
import { listFiles, readFile, searchFiles } from './readTools';
import { runCommand } from './runCommand';
import type { Tool } from './tool';

/** A fixed list: providers cache a prompt from its first byte, and the tools are what it begins with. */
export const codingTools: readonly Tool[] = [
  readFile,
  listFiles,
  searchFiles,
  editFile,
  writeFile,
  moveFile,
  deleteFile,
  runCommand,
  claimFile,
  releaseFile,
  reportProgress,
  finish,
  giveUp,
];

/** Why a call of this name and input could not be run, whatever the workspace; undefined when it could be tried. */
export function wrongCall(name: string, input: unknown): string | undefined {
  const tool = codingTools.find(({ spec }) => spec.name === name);
  if (!tool)
    return `There is no tool "${name}". The tools are: ${codingTools.map(({ spec }) => spec.name).join(', ')}.`;
  const prepared = tool.prepare(input);
  return prepared.ok ? undefined : `The input of ${name} is wrong: ${prepared.error.replaceAll('\n', '; ')}.`;
}
