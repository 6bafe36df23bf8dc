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
