// Every tool that agents have, declared once, in the order that the model is told of them: what it does to the copy, the
// words and the input that the model is shown, and what its calls are checked against. What it does is in `agent/tools`.
import type { z } from 'zod';
import { fields, flag, list, optional, readInput, text, wholeNumber } from './inputForms';

/**
 * What a call may do, by which it is counted and waited for. `read`: it leaves all files as they are; `edit`: it changes
 * those that it names; `command`: it runs a program, which may change any; `end`: it is the attempt's last.
 */
export type ToolKind = 'read' | 'edit' | 'command' | 'end';

interface ToolDeclaration<Input = unknown> {
  readonly kind: ToolKind;
  readonly description: string;
  readonly input: z.ZodType<Input>;
}

const path = text('Path of the file, relative to the workspace, with forward slashes.');

const folder = optional(text('Folder to look in, relative to the workspace; leave out for everything.'));

const declared = {
  read_file: {
    kind: 'read',
    description:
      'Reads a text file of the workspace. Each line is shown behind its number and a tab, which are not part of the file. ' +
      'Long files are shown in parts: name the lines you want.',
    input: fields({
      path,
      start_line: optional(wholeNumber('First line to show, from 1.', 1)),
      end_line: optional(wholeNumber('Last line to show.', 1)),
    }),
  },
  list_files: {
    kind: 'read',
    description:
      'Lists the files of the workspace, or those below one folder, one path a line. ' +
      'Version control, installed dependencies and linked folders are left out.',
    input: fields({ path: folder }),
  },
  search_files: {
    kind: 'read',
    description:
      'Finds the lines of workspace files that contain a text, upper and lower case told apart, ' +
      'and shows them as path:line: text. The same folders are left out as in list_files.',
    input: fields({
      query: text('What to look for, within one line.'),
      regex: optional(flag('Take the query as a JavaScript regular expression.')),
      path: folder,
    }),
  },
  edit_file: {
    kind: 'edit',
    description:
      'Changes parts of an existing file by exact text. Every "old" must be in the file exactly once, to the last space, ' +
      'unless "all" is set; take in enough lines around it. The edits are made in order, all or none. ' +
      'The file is locked for you first, which can take a while when another agent holds it.',
    input: fields({
      path,
      edits: list(
        fields({
          old: text('The text to replace, exactly as it stands in the file, without line numbers.'),
          new: text('The text to put there.'),
          all: optional(flag('Replace every place where "old" stands.')),
        }),
        'The changes, in order.',
      ),
    }),
  },
  write_file: {
    kind: 'edit',
    description:
      'Makes a new file, or replaces the whole of one that you have read. For changes to parts of a file use edit_file. ' +
      'The file is locked for you first, which can take a while when another agent holds it.',
    input: fields({ path, content: text('The whole content of the file.') }),
  },
  move_file: {
    kind: 'edit',
    description:
      'Moves a text file or gives it another name; folders on the way are made. Both names are locked for you first. ' +
      'References to it in other files are yours to mend.',
    input: fields({ from: path, to: text('Its new path. There must be no file yet.') }),
  },
  delete_file: {
    kind: 'edit',
    description:
      'Deletes a text file that you have read. It is locked for you first, which can take a while when another agent holds it.',
    input: fields({ path }),
  },
  run_command: {
    kind: 'command',
    description:
      'Runs a shell command in your private copy of the workspace and shows its exit code and the end of its output. ' +
      'Only the commands named in your assignment are allowed, to the letter. It gets no input and has a time limit. ' +
      'Files it changes are yours like those that you edit, and put back where no agent may change them.',
    input: fields({ command: text('The command, exactly as the assignment allows it.') }),
  },
  claim_file: {
    kind: 'read',
    description:
      'Locks a file for you before you change it, waiting while another agent holds it. Editing locks by itself; ' +
      'use this to be sure of several files before you begin, or of a file that does not exist yet. ' +
      'With "wait" set to false you are told who holds a busy file instead of waiting for it.',
    input: fields({
      path,
      wait: optional(flag('Wait while another agent holds the file; true if left out.')),
    }),
  },
  release_file: {
    kind: 'read',
    description:
      'Gives back the lock of a file that you have not changed, so that other agents need not wait for it.',
    input: fields({ path }),
  },
  report_progress: {
    kind: 'read',
    description: 'Tells the people watching what you are doing now, in a few words, and how far you are.',
    input: fields({
      step: text('What you are doing, in a few words.'),
      percent: optional(wholeNumber('How much of the feature is done.', 0, 100)),
    }),
  },
  finish: {
    kind: 'end',
    description:
      'Hands in the feature, and ends your work on it. The check is then run on it; call this only when you expect it to pass.',
    input: fields({ summary: text('What you built and in which files, in one to five sentences.') }),
  },
  give_up: {
    kind: 'end',
    description:
      'Ends your work without handing it in; your changes are undone. ' +
      'For when the feature cannot be built as described or needs a decision by a person.',
    input: fields({ reason: text('What stands in the way and what would be needed, precisely.') }),
  },
} as const satisfies Readonly<Record<string, ToolDeclaration>>;

export type ToolName = keyof typeof declared;
type Inputs = { readonly [N in ToolName]: z.output<(typeof declared)[N]['input']> };
export type ToolInput<N extends ToolName> = Inputs[N];

export const toolTable: { readonly [N in ToolName]: ToolDeclaration<Inputs[N]> } = declared;

export const toolNames = Object.keys(toolTable).filter(isToolName);

/** Undefined for what is none of our tools: a model may name anything, and an agent of another maker has others. */
export function kindOf(tool: string): ToolKind | undefined {
  return isToolName(tool) ? toolTable[tool].kind : undefined;
}

function isToolName(tool: string): tool is ToolName {
  return Object.hasOwn(toolTable, tool);
}

/** Why a call of this name and input could not be run, whatever the workspace; undefined when it could be tried. */
export function wrongCall(name: string, input: unknown): string | undefined {
  if (!isToolName(name)) return noSuchTool(name);
  const { input: form }: ToolDeclaration = toolTable[name];
  const read = readInput(form, input);
  return read.ok ? undefined : `The input of ${name} is wrong: ${read.error.replaceAll('\n', '; ')}.`;
}

export function noSuchTool(name: string): string {
  return `There is no tool "${name}". The tools are: ${toolNames.join(', ')}.`;
}
