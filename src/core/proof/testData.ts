// Data that tests alone read, from where no name shows it: beside them, or in a folder that they name.
import { isCode, isData, proofFileOf } from './proofFiles';
import type { ProvedChange } from './weakenings';

/** Tests lie at most so many folders above what they read. */
const mostAbove = 5;
const shortestName = 4;
const namesOfTests = [
  '*test*',
  '*Test*',
  '*spec*',
  '*Spec*',
  'test/**/*',
  'tests/**/*',
  'spec/**/*',
  '__tests__/**/*',
];
const namesOfSources = ['*', 'src/**/*', 'lib/**/*', 'app/**/*'];

/** Of these changes, those that may be such data: text that was there, is no code, and is no proof file by its name. */
export function maybeTestData(changes: readonly ProvedChange[]): readonly string[] {
  return changes
    .filter(({ path, before, isDeclared }) => !isDeclared && before && isData(path) && !isPage(path))
    .map(({ path }) => path)
    .filter((path) => proofFileOf(path) === undefined);
}

/** Where what reads these files would lie: beside them, and in each folder above. As `files` of a feature are written. */
export function placesOfReaders(paths: readonly string[]): readonly string[] {
  const places = paths.flatMap((path) => {
    const folders = path.split('/').slice(0, -1);
    return Array.from({ length: Math.min(folders.length, mostAbove) + 1 }, (_, above) => {
      const folder = folders
        .slice(0, folders.length - above)
        .map((name) => `${name}/`)
        .join('');
      return [...namesOfTests, ...namesOfSources].map((name) => folder + name);
    });
  });
  return [...new Set(places.flat())];
}

/** Which of these files a test names, or reads with all that lies in their folder, and no other code. @param texts by path */
export function readByTests(paths: readonly string[], texts: ReadonlyMap<string, string>): readonly string[] {
  const readers = [...texts].map(([path, text]) => ({ kind: proofFileOf(path), path, text }));
  const tests = readers.filter(({ kind }) => kind === 'test');
  const others = readers.filter(
    ({ kind, path }) => kind === 'manifest' || (kind === undefined && isCode(path)),
  );
  return paths.filter((path) => {
    const [name = '', folder = ''] = path.split('/').reverse();
    const isNamed = ({ text }: { readonly text: string }) =>
      (name.length >= shortestName && namesIt(text, name)) ||
      (folder.length >= shortestName && isQuoted(text, folder));
    return tests.some(isNamed) && !others.some(isNamed);
  });
}

function namesIt(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1))
    if (!/[\w.-]/.test(text[at - 1] ?? '') && !/[\w-]/.test(text[at + name.length] ?? '')) return true;
  return false;
}

function isQuoted(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1))
    if (/["'`/]/.test(text[at - 1] ?? '') && /["'`/]/.test(text[at + folder.length] ?? '')) return true;
  return false;
}

/** Written for people. */
function isPage(path: string): boolean {
  return /\.(?:md|html?|log)$/i.test(path) || /^docs?\//i.test(path);
}
