// Which variables of the user's environment commands may be given when the user names them, and which a check missed.
import { leadsToModel } from '../models/providers';
import { inert } from '../shared/inert';
import type { FailedCheck } from './failedCheck';

/** Of the way into the user's editor, and what would have its executable run as something else. */
const editors = /^(VSCODE|ELECTRON)_/;
const ours = /^PARALLEL_AGENTS_/;
/** These lead Git out of an agent's copy, into the repository of whoever set them. */
const gits =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|CEILING_DIRECTORIES)$/;

/** No command gets it, whoever says so. */
export function isNobodys(name: string): boolean {
  const upper = name.toUpperCase();
  return editors.test(upper) || leadsToModel.test(upper);
}

/** Why commands do not get this variable even when the user names it; undefined when they do. */
export function whyNeverGiven(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (editors.test(upper)) return 'it leads into your editor';
  if (leadsToModel.test(upper)) return "the model's own key and address are kept from all commands";
  if (ours.test(upper)) return 'Parallel Agents sets it itself';
  if (gits.test(upper)) return "it leads Git out of the agent's copy into your repository";
  return undefined;
}

/** What is wrong with an entry of `commands.env`; undefined for one that can be used. A value in it is not quoted. */
export function wrongVariable(entry: string): string | undefined {
  return wrongName(entry, whyNeverGiven, 'commands');
}

/** The same for an agent of another maker, which may be given what it reaches its model with. */
export function wrongAgentVariable(entry: string): string | undefined {
  const why = (name: string) => (leadsToModel.test(name.toUpperCase()) ? undefined : whyNeverGiven(name));
  return wrongName(entry, why, 'an agent');
}

function wrongName(
  entry: string,
  whyNot: (name: string) => string | undefined,
  to: string,
): string | undefined {
  const at = entry.indexOf('=');
  const name = entry.slice(0, at === -1 ? undefined : at).trim();
  const told = `"${inert(name.slice(0, 60))}"`;
  if (at !== -1) return `${told} is to be named without a value; the value is taken from the environment`;
  if (name === '') return 'an entry is empty';
  if (/[$%*?]/.test(name)) return `${told} is to be written as the plain name of one variable`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no variable can have them
  if (/[\s\u0000-\u001f\u007f]/.test(name)) return `${told} is no name of a variable`;
  const why = whyNot(name);
  return why && `${told} cannot be given to ${to}: ${why}`;
}

const mostNamed = 5;
/** As programs print the name of what they miss; a shorter one, or one in small letters alone, may be any word. */
const clearName = /^(?:[A-Z][A-Z0-9_]{2,}|[A-Za-z]\w*_\w{2,})$/;

/**
 * For people: which variables that the shell has and the check had not its command or its output speaks of.
 * @param withheld names that are set where the run was started, and were not given
 */
export function describeMissed(
  { command, output }: FailedCheck,
  withheld: readonly string[],
): string | undefined {
  const missed = withheld.filter((name) => {
    const word = wordOf(name);
    return (clearName.test(name) && (word.test(command) || word.test(output))) || isRead(name, command);
  });
  const given = missed.filter((name) => whyNeverGiven(name) === undefined);
  const never = missed.filter((name) => whyNeverGiven(name) !== undefined);
  const sentences = [
    ...(given.length > 0
      ? [
          `${list(given)} ${given.length === 1 ? 'is' : 'are'} set where this run was started, but not given to checks; if the check needs ${given.length === 1 ? 'it' : 'them'}, add the ${given.length === 1 ? 'name' : 'names'} to parallelAgents.commands.env in your own settings.`,
        ]
      : []),
    ...never.slice(0, mostNamed).map((name) => `${name} is never given to checks: ${whyNeverGiven(name)}.`),
  ];
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

function isRead(name: string, command: string): boolean {
  return new RegExp(`\\$(?:${escaped(name)}(?![A-Za-z0-9_])|\\{[#!]?${escaped(name)}(?![A-Za-z0-9_]))`).test(
    command,
  );
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_])${escaped(name)}(?![A-Za-z0-9_])`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function list(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).map(inert).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
