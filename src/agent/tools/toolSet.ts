// The tools every coding agent has: for each that is declared what does its work, in the order of the declarations.
import { type ToolName, toolNames } from '../../core/tools/toolTable';
import { editFile, writeFile } from './editTools';
import { finish, giveUp, reportProgress } from './endTools';
import { claimFile, releaseFile } from './lockTools';
import { deleteFile, moveFile } from './moveTools';
import { listFiles, readFile, searchFiles } from './readTools';
import { runCommand } from './runCommand';
import type { CodingTool, Tool } from './tool';

const byName: { readonly [N in ToolName]: CodingTool<N> } = {
  read_file: readFile,
  list_files: listFiles,
  search_files: searchFiles,
  edit_file: editFile,
  write_file: writeFile,
  move_file: moveFile,
  delete_file: deleteFile,
  run_command: runCommand,
  claim_file: claimFile,
  release_file: releaseFile,
  report_progress: reportProgress,
  finish,
  give_up: giveUp,
};

/** A fixed list: providers cache a prompt from its first byte, and the tools are what it begins with. */
export const codingTools: readonly Tool[] = toolNames.map((name) => byName[name]);
