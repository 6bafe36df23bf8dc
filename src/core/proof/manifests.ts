// What stands in manifests that matters to checks: scripts by name, and settings of the tools of tests.
import { isObject } from '../shared/fields';

/** What is run by name; a script that is not text, such as a list of tasks, as JSON. */
export type Scripts = ReadonlyMap<string, string>;

/** Embedded in a manifest: what the tools of tests read from there. */
const packageSettings = 'jest mocha ava nyc c8 vitest tap jasmine playwright cypress karma wireit tsd'.split(
  ' ',
);
const sectionsOfTests =
  /^(?:tool\.)?(?:pytest|coverage|tox|nox|hatch\.envs\.test|poe\.tasks|taskipy\.tasks|pdm\.scripts|unittest|test)\b|^tool:pytest|^coverage:|^\[?test\b|^bench\b/;

/** Settings of the tools of tests that stand in a manifest. */
export function changedSettings(name: string, before: string, after: string): readonly string[] {
  if (name === 'package.json') {
    const [old, now] = [objectOf(before), objectOf(after)];
    const settings = packageSettings.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
    return [...settings, ...otherPackages(old, now)];
  }
  if (!/^(?:pyproject\.toml|setup\.cfg|Cargo\.toml)$/.test(name)) return [];
  const [old, now] = [sectionsOf(before), sectionsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (section) => sectionsOfTests.test(section) && old.get(section) !== now.get(section),
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** Names under which something else is installed than before: an alias, a folder, an address. */
function otherPackages(old: Fields, now: Fields): readonly string[] {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((list) => {
    const [had, has] = [old[list], now[list]];
    if (!isObject(had) || !isObject(has)) return [];
    return Object.keys(had).filter(
      (name) =>
        had[name] !== has[name] && /^(?:npm|file|link|portal|git|https?|github)[:+]/.test(String(has[name])),
    );
  });
}

export function scriptsOfPackage(text: string): Scripts {
  const { scripts, tasks, wireit } = objectOf(text);
  const entries = [scripts, tasks].flatMap((of) => (isObject(of) ? Object.entries(of) : []));
  const more = (name: string) => (isObject(wireit) && wireit[name] ? ` ${JSON.stringify(wireit[name])}` : '');
  return new Map(
    entries.map(([name, script]) => [
      name,
      (typeof script === 'string' ? script : JSON.stringify(script)) + more(name),
    ]),
  );
}

/** A target with what it needs and its recipe; what belongs to none (variables, includes) belongs to all. */
export function scriptsOfMakefile(text: string): Scripts {
  const scripts = new Map<string, string>();
  let [common, targets]: [string, readonly string[]] = ['', []];
  for (const line of text.split('\n')) {
    // The search takes time by the square of a line's length, and nobody has such heads.
    const head =
      line.length < 1000 ? /^([\w./%-][\w./% -]*?)(?:[ \t]+\w[^:]*)?:(?![=:])(.*)$/.exec(line) : null;
    if (head) targets = (head[1] ?? '').split(/\s+/).filter((one) => one !== '');
    else if (/^\S/.test(line)) targets = [];
    // What a target needs is reached through it, as if it were called.
    const [needs = '', recipe = ''] = (head?.[2] ?? '').split(/;(.*)/);
    const said = head ? (needs.trim() === '' ? '' : `make ${needs.trim()}; `) + recipe : line;
    if (targets.length === 0) common += `${line.trim()}\n`;
    for (const target of targets)
      if (!target.startsWith('.')) scripts.set(target, `${scripts.get(target) ?? ''}${said.trim()}\n`);
  }
  return new Map([...scripts].map(([name, script]) => [name, script + common]));
}

/** By the name of a task: all that stands indented below it. */
export function scriptsOfTaskfile(text: string): Scripts {
  const scripts = new Map<string, string>();
  let name: string | undefined;
  for (const line of text.split('\n')) {
    const head = /^ {2}([\w:.-]+):/.exec(line);
    if (head) name = head[1];
    if (/^\S/.test(line)) name = undefined;
    if (name !== undefined) scripts.set(name, `${scripts.get(name) ?? ''}${line.trim()}\n`);
  }
  return scripts;
}

/** By the name of a section of an INI or TOML file: its lines. */
export function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    const head = /^\s*\[+([^\]]+)\]+\s*$/.exec(line);
    if (head) name = (head[1] ?? '').trim();
    else if (line.trim() !== '') sections.set(name, `${sections.get(name) ?? ''}${line.trim()}\n`);
  }
  return sections;
}

/** Empty where it is no JSON object; comments and last commas are nobody's in a manifest. */
export function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
