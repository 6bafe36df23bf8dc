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
