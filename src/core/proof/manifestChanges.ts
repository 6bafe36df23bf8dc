// What is changed in a manifest, a list of packages or a lockfile: is it only more than before, of what takes nothing away?
import { isLockfile } from '../guardrails/lockfiles';
import { isObject } from '../shared/fields';
import { changedScripts } from './checkScripts';
import { objectOf, sectionsOf } from './manifests';

/** Of a `package.json` what no check can go by. */
const told = new Set(
  `version description keywords author contributors maintainers license licenses homepage repository bugs funding files
  private readme man`.split(/\s+/),
);
const packageLists = new Set(
  'dependencies devDependencies peerDependencies optionalDependencies peerDependenciesMeta'.split(' '),
);
/** Run by a package manager of itself. */
const lifecycle = /^(?:pre|post|install$|prepare$|uninstall$|test$|start$|version$|publish$|dependencies$)/;
/** A range of versions, a tag, or that in an object; no other package by that name, and no other source. */
const plainRange = /^[\w.^~<>=*|+ -]+$/;

/**
 * Does the change only add what leaves a check as it was: packages, scripts that it does not come to, or a version? False
 * where nobody can tell.
 *
 * @param command the check's
 */
export function onlyAddsToManifest(command: string, path: string, before: string, after: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json')
    return changedScripts(command, path, before, after).length === 0 && isMorePackage(before, after);
  if (isLockfile(path)) return isMoreLocked(before, after);
  if (/^(?:requirements|constraints)[\w.-]*\.txt$/.test(name))
    return (
      addedLines(before, after)?.every((line) => /^\s*(?:#.*|[\w.[\],~=<>!* ;"'-]*)$/.test(line)) ?? false
    );
  if (name === 'go.mod')
    return (
      addedLines(before, after)?.every((line) =>
        /^\s*(?:require\b)?[\s(]*[\w./~-]+ v[\w.+-]+\s*(?:\/\/.*)?$|^[\s)]*$/.test(line),
      ) ?? false
    );
  if (name === 'go.sum') return addedLines(before, after) !== undefined;
  if (/^(?:pyproject|Cargo)\.toml$/.test(name)) return isMoreProject(before, after);
  return false;
}

function isMorePackage(before: string, after: string): boolean {
  const [old, now] = [objectOf(before), objectOf(after)];
  if (Object.keys(old).length === 0 || Object.keys(now).length === 0) return false;
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].every((key) => {
    const [had, has] = [old[key], now[key]];
    if (JSON.stringify(had) === JSON.stringify(has) || told.has(key)) return true;
    if (!isObject(has) || (had !== undefined && !isObject(had))) return false;
    const isAdded = (fits: (name: string, value: unknown) => boolean) => isMore(had ?? {}, has, fits);
    if (key === 'scripts') return isAdded((name) => !lifecycle.test(name));
    if (!packageLists.has(key)) return false;
    return isAdded((_, value) => isObject(value) || (typeof value === 'string' && plainRange.test(value)));
  });
}

/** Is every entry of the first still the same in the second, and every other one fit? */
function isMore(
  had: Readonly<Record<string, unknown>>,
  has: Readonly<Record<string, unknown>>,
  fits: (name: string, value: unknown) => boolean,
): boolean {
  const isKept = (name: string) => JSON.stringify(had[name]) === JSON.stringify(has[name]);
  return (
    Object.keys(had).every(isKept) &&
    Object.entries(has).every(([name, value]) => Object.hasOwn(had, name) || fits(name, value))
  );
}

/** What was locked is as it was. The entry of the project itself says again what its manifest does. */
function isMoreLocked(before: string, after: string): boolean {
  const [old, now] = [objectOf(before), objectOf(after)];
  if (!isObject(old.packages)) return before !== '' && addedLines(before, after) !== undefined;
  const isProject = (name: string) => !name.includes('node_modules/');
  const kept = Object.entries(old.packages).filter(([name]) => !isProject(name));
  return isObject(now.packages) && isMore(Object.fromEntries(kept), now.packages, () => true);
}

/** Sections that list packages have only more of them; nothing else is other than before but the version. */
function isMoreProject(before: string, after: string): boolean {
  const [old, now] = [sectionsOf(before), sectionsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].every((section) => {
    const [had = '', has = ''] = [old.get(section), now.get(section)];
    if (had === has) return true;
    const isList = /(?:^|[.-])(?:dependencies|dependency-groups)(?:\.|$)/.test(section);
    if (!isList && !/^(?:project|package|tool\.poetry)$/.test(section)) return false;
    const plain = (text: string) => text.replace(/^version\s*=.*$/m, '');
    const added = addedLines(plain(had), plain(has));
    return (
      added?.every((line) =>
        isList ? !/path|git|url/.test(line) : /^\s*["'][^"'/:]+["'],?\s*$|^$/.test(line),
      ) ?? false
    );
  });
}

/** Undefined where lines were taken away or changed. */
function addedLines(before: string, after: string): readonly string[] | undefined {
  const added: string[] = [];
  const old = before.trimEnd().split('\n');
  let at = 0;
  for (const line of after.trimEnd().split('\n')) {
    if (line === old[at]) at += 1;
    else added.push(line);
  }
  return at === old.length || (before === '' && at === 0) ? added : undefined;
}
