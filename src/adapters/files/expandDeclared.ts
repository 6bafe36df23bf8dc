// What the paths, folders and globs that features declare name in the workspace today.
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { isPlainlyNamed } from '../../core/features/judgeChange';
import { powerOf } from '../../core/guardrails/powerFiles';
import { lockKey, type PathScope, parseLockScope, parseWorkspacePath } from '../../core/locks/lockPath';
import type { IgnoreRules } from './ignoreRules';
import { inSlices } from './inSlices';
import { walkTree } from './walkTree';

/** A glob that matches more files than this locks its literal prefix instead: 200 locks say no more than one folder. */
const mostFiles = 200;

/**
 * By declared text, in one walk for all: 10,000 files take about 50 ms. A glob gives the files it matches, without ignored
 * ones and those it has no power over; one that matches none, the folder before its first wildcard. A plain path gives the file, there or
 * not, or the folder if it is one. Where links lead elsewhere in the workspace, that is what is named; what leads out of
 * it keeps its name and is refused when it is written. A text that is no path in the workspace gives nothing.
 */
export async function expandDeclared(
  root: string,
  ignoreRules: IgnoreRules,
  declared: readonly string[],
): Promise<ReadonlyMap<string, readonly PathScope[]>> {
  const wanted = new Map<string, Wanted>();
  await inSlices(declared, (text) => void wanted.set(text, wantedBy(text)));
  const globs = [...wanted].filter(([, want]) => want.matches !== undefined);
  const places = new Map<string, ExistingPath>();
  await walkTree(root, await ignoreRules.top(), (entry, rules) => {
    const { kind, name } = entry;
    const power = powerOf(entry.path);
    if (power?.may === 'never') return undefined;
    if (kind === 'garbled') return undefined;
    places.set(lockKey(entry.path), { path: entry.path.normalize('NFC'), kind });
    if (kind === 'folder') return rules.ignores(name, 'folder') ? undefined : rules.below(name);
    if (kind !== 'file') return undefined;
    for (const [text, { matches, files }] of globs) {
      if (files.length > mostFiles || !matches?.(entry.path) || rules.ignores(name, 'file')) continue;
      if (power && !isPlainlyNamed(entry.path, power, text)) continue;
      const canonical = parseWorkspacePath(entry.path);
      if (canonical.ok && canonical.value === entry.path) files.push(entry.path);
    }
    return undefined;
  });
  const named = new Map<string, readonly PathScope[]>();
  await inSlices(wanted, ([text, want]) => void named.set(text, scopesOf(root, text, want, places)));
  return named;
}

interface ExistingPath {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

interface Wanted {
  /** Absent for a plain path and for a folder with all that is in it. */
  readonly matches: ((path: string) => boolean) | undefined;
  readonly files: string[];
}

function wantedBy(text: string): Wanted {
  const pattern = text.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const isPlain = !/[*?[{]/.test(pattern.replace(/\/(\*\*)?$/, ''));
  return { matches: isPlain ? undefined : picomatch(pattern, { dot: true }), files: [] };
}

function scopesOf(
  root: string,
  text: string,
  { matches, files }: Wanted,
  places: ReadonlyMap<string, ExistingPath>,
): readonly PathScope[] {
  const literal = parseWorkspacePath(text);
  // A file may really be called `[id].ts`.
  const same = literal.ok ? places.get(lockKey(literal.value)) : undefined;
  if (matches && same?.kind === 'file') return [{ kind: 'file', path: same.path }];
  if (matches && files.length > 0 && files.length <= mostFiles)
    return files.sort().map((file) => ({ kind: 'file', path: file }));
  const scope = parseLockScope(text);
  return scope.ok ? [realScope(root, scope.value, places)] : [];
}

/** The scope under the name it really has, a folder where the path names one. */
function realScope(root: string, scope: PathScope, places: ReadonlyMap<string, ExistingPath>): PathScope {
  if (scope.path === '') return scope;
  const names = scope.path.split('/');
  for (const at of names.keys()) {
    const place = places.get(lockKey(names.slice(0, at + 1).join('/')));
    if (place?.kind !== 'link') continue;
    const real = followed(root, [place.path, ...names.slice(at + 1)].join('/'));
    return real === undefined
      ? scope
      : { kind: scope.kind === 'folder' ? 'folder' : real.kind, path: real.path };
  }
  const place = places.get(lockKey(scope.path));
  return { kind: place?.kind === 'folder' ? 'folder' : scope.kind, path: place?.path ?? scope.path };
}

/** Where a path through links leads in the workspace; undefined when it leads out, or nowhere that can be named. */
function followed(root: string, file: string): PathScope | undefined {
  const missing: string[] = [];
  for (let at = file; at !== '.'; at = path.posix.dirname(at)) {
    try {
      const real = realpathSync(path.join(root, at));
      const inside = [path.relative(root, real), ...missing].join('/').replaceAll(path.sep, '/');
      const canonical = parseWorkspacePath(inside);
      if (path.isAbsolute(inside) || !canonical.ok) return undefined;
      const isFolder = missing.length === 0 && statSync(real).isDirectory();
      return { kind: isFolder ? 'folder' : 'file', path: canonical.value };
    } catch {
      missing.unshift(path.posix.basename(at)); // not there yet, or a link to nothing: its folder tells
    }
  }
  return undefined;
}
