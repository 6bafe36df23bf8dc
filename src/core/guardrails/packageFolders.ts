// The folders that package managers fill: nobody reads them line by line, and nothing in them is an agent's to write.

const names: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '.venv',
  '.eggs',
  'site-packages',
]);

export function isPackageFolder(name: string): boolean {
  return names.has(name);
}

/** Where other package managers put theirs; projects have folders of these names that are their own as well. */
const maybe: ReadonlySet<string> = new Set(['vendor', 'venv', 'env', 'Pods', '.bundle']);
/** What lies among packages and comes from running them: caches of tools, and what Python compiles. */
const madeByRunning = /(^|\/)(node_modules\/\.(?!bin(\/|$)|pnpm(\/|$))[^/]+\/|__pycache__(\/|$))|\.pyc$/;

/** Is the entry one that a package manager put there? @param path with `/` @param isIgnored by the user's rules */
export function isInstalled(path: string, isIgnored: (path: string) => boolean): boolean {
  const names = path.split('/');
  if (madeByRunning.test(path)) return false;
  return names.some(isPackageFolder) || (names.some((name) => maybe.has(name)) && isIgnored(path));
}

/** The package that an installed entry is of, as the folder it lies in: `node_modules/@a/b`, `.venv/lib`. */
export function packageOf(path: string): string {
  const names = path.split('/');
  const at = names.findLastIndex((name) => isPackageFolder(name) || maybe.has(name));
  const isScoped = names[at + 1]?.startsWith('@') ?? false;
  return names.slice(0, at + (isScoped ? 3 : 2)).join('/');
}
