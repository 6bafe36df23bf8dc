// What a check's command runs out of files: the scripts of a manifest that it names, by whatever way, and script files.
import { textOfCommands } from './commandText';
import {
  changedSettings,
  type Scripts,
  scriptsOfMakefile,
  scriptsOfPackage,
  scriptsOfTaskfile,
} from './manifests';

/** Programs that run what a file of their own names; by that file. */
const runners: readonly (readonly [
  files: RegExp,
  programs: RegExp,
  scriptsOf: (text: string) => Scripts,
  names: readonly string[],
])[] = [
  [
    /^package\.json$/,
    /^(?:npm|yarn|pnpm|bun|turbo|nx|lerna|wireit|run-s|run-p|npm-run-all2?|concurrently|node|ultra|rush)$/,
    scriptsOfPackage,
    ['package.json'],
  ],
  [/^composer\.json$/, /^composer(?:\.phar)?$/, scriptsOfPackage, ['composer.json']],
  [/^deno\.jsonc?$/, /^deno$/, scriptsOfPackage, ['deno.json', 'deno.jsonc']],
  [/^(?:GNUm|m|M)akefile$|\.mk$/, /^g?make$/, scriptsOfMakefile, ['GNUmakefile', 'makefile', 'Makefile']],
  [/^\.?justfile$|\.just$/i, /^just$/, scriptsOfMakefile, ['justfile', 'Justfile', '.justfile']],
  [
    /^Taskfile\.(?:dist\.)?ya?ml$/i,
    /^(?:task|go-task)$/,
    scriptsOfTaskfile,
    ['Taskfile.yml', 'Taskfile.yaml', 'Taskfile.dist.yml'],
  ],
];

/**
 * The names of what the check would run of a manifest, or be told by it, that differ between two texts of it; empty where
 * the file is none, or nothing that the command comes to has changed. A script that is new counts: the check could not
 * have run it before.
 */
export function changedScripts(
  command: string,
  path: string,
  before: string,
  after: string,
): readonly string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const settings = changedSettings(name, before, after);
  const runner = runners.find(([files]) => files.test(name));
  if (!runner) return settings;
  const [, programs, scriptsOf] = runner;
  const [old, now] = [scriptsOf(before), scriptsOf(after)];
  const reached = new Set([...reachedBy(command, programs, old), ...reachedBy(command, programs, now)]);
  return [...settings, ...[...reached].filter((one) => old.get(one) !== now.get(one)).sort()];
}

/** Names of the manifests whose scripts the text may call. */
export function manifestsFor(text: string): readonly string[] {
  const words = textOf(plain(text)).map((word) => word.slice(word.lastIndexOf('/') + 1));
  return runners.flatMap(([, programs, , names]) => (words.some((word) => programs.test(word)) ? names : []));
}

/** The scripts of a manifest that a command comes to. */
export function reachedScripts(command: string, name: string, text: string): readonly string[] {
  const runner = runners.find(([files]) => files.test(name));
  if (!runner) return [];
  const [, programs, scriptsOf] = runner;
  const scripts = scriptsOf(text);
  return [...reachedBy(command, programs, scripts)].flatMap((one) => scripts.get(one) ?? []);
}

/** Over what scripts call in their turn, and what a package manager runs before and after them. */
function reachedBy(command: string, programs: RegExp, scripts: Scripts): ReadonlySet<string> {
  const reached = new Set<string>();
  const texts = [plain(command)];
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const name of namedIn(text, programs, scripts)) {
      for (const one of [name, `pre${name}`, `post${name}`]) {
        const script = scripts.get(one);
        if (reached.has(one) || (script === undefined && one !== name)) continue;
        reached.add(one);
        if (script !== undefined) texts.push(plain(script));
      }
    }
  }
  return reached;
}

/** Words of a command beside the name of one of the programs. One too many is named rather than one too few. */
function namedIn(text: string, programs: RegExp, scripts: Scripts): readonly string[] {
  return text.split(/&&|\|\||[;|&\n(){}]/).flatMap((part) => {
    const words = textOf(part);
    const at = words.findIndex((word) => programs.test(word.slice(word.lastIndexOf('/') + 1)));
    if (at === -1) return [];
    const rest = words.slice(at + 1).filter((word) => !word.startsWith('-'));
    const named = rest.flatMap((word) => {
      const name = /^(?:t|tst)$/.test(word) ? 'test' : word;
      const last = name.slice(name.lastIndexOf(':') + 1);
      if (name.includes('*')) return [...scripts.keys()].filter((key) => fitsGlob(name, key));
      return ['test', ...scripts.keys()].includes(name) ? [name] : scripts.has(last) ? [last] : [];
    });
    // `make` alone makes the first; every target may need what stands before it.
    const first = [...scripts.keys()][0];
    return named.length > 0 || /^(?:npm|yarn|pnpm|bun|node|deno|composer)/.test(words[at] ?? '')
      ? named
      : first === undefined
        ? []
        : [first];
  });
}

/** Make calls itself by a variable. */
function plain(text: string): string {
  return text.replace(/\$[({]MAKE[)}]/g, 'make');
}

function textOf(text: string): readonly string[] {
  return text.split(/[\s"'`]+/).filter((word) => word !== '');
}

function fitsGlob(glob: string, name: string): boolean {
  const [before = '', after = ''] = glob.split(/\*+/);
  return name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
}

/** What a file is called that is run to find out whether something works. */
const provingName =
  /(?:^|[._-])(?:test|tests|spec|specs|check|checks|verify|verification|validate|ci|e2e|smoke|lint|acceptance)(?=[._-]|$)/i;

export function isProvingName(path: string): boolean {
  return provingName.test(path.slice(path.lastIndexOf('/') + 1));
}

/**
 * Is `path` a script of a check's that `text` (a command, or a script of a manifest) runs as such? A program that is run to
 * be looked at, such as `node app.js`, is not; what is meant goes by the name.
 */
export function isCheckScript(text: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    (isProvingName(path) || /(?:^|\/)(?:ci|checks?|tests?)\//i.test(path)) &&
    textOfCommands(text).some(
      ({ text: word, role }) =>
        role !== 'named' && (word === path || (word === name && path !== name && text.includes('cd '))),
    )
  );
}
