// What agents may call, and with what input: by name, in the order the model is told of them.
import {
  fields,
  flag,
  list,
  optional,
  readInput,
  type Shape,
  text,
  type ValueOf,
  wholeNumber,
} from './inputShape';

const path = text('Path of the file, relative to the workspace, with forward slashes.');

const folder = optional(text('Folder to look in, relative to the workspace; leave out for everything.'));

const shapes = {
  read_file: fields({
    path,
    start_line: optional(wholeNumber('First line to show, from 1.', 1)),
    end_line: optional(wholeNumber('Last line to show.', 1)),
  }),
  list_files: fields({
    path: folder,
  }),
  search_files: fields({
    query: text('What to look for, within one line.'),
    regex: optional(flag('Take the query as a JavaScript regular expression.')),
    path: folder,
  }),
  edit_file: fields({
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
  write_file: fields({ path, content: text('The whole content of the file.') }),
  move_file: fields({
    from: path,
    to: text('Its new path. There must be no file yet.'),
  }),
  delete_file: fields({ path }),
  run_command: fields({ command: text('The command, exactly as the assignment allows it.') }),
  claim_file: fields({
    path,
    wait: optional(flag('Wait while another agent holds the file; true if left out.')),
  }),
  release_file: fields({ path }),
  report_progress: fields({
    step: text('What you are doing, in a few words.'),
    percent: optional(wholeNumber('How much of the feature is done.', 0, 100)),
  }),
  finish: fields({ summary: text('What you built and in which files, in one to five sentences.') }),
  give_up: fields({ reason: text('What stands in the way and what would be needed, precisely.') }),
};

type Inputs = { readonly [N in keyof typeof shapes]: ValueOf<(typeof shapes)[N]> };
export type ToolName = keyof Inputs;
export type ToolInput<N extends ToolName> = Inputs[N];

export const toolInputs: { readonly [N in ToolName]: Shape<Inputs[N]> } = shapes;

/** Why a call of this name and input could not be run, whatever the workspace; undefined when it could be tried. */
export function wrongCall(name: string, input: unknown): string | undefined {
  const known: Readonly<Record<string, Shape<unknown>>> = toolInputs;
  const shape = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!shape) return `There is no tool "${name}". The tools are: ${Object.keys(known).join(', ')}.`;
  const read = readInput(shape, input);
  return read.ok ? undefined : `The input of ${name} is wrong: ${read.error.replaceAll('\n', '; ')}.`;
}
