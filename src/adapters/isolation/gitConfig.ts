// What of a repository's settings its copy has: what answers hang on, and nothing that runs, fetches into or writes to it.

/** Key as Git lists it, section and name in small letters. */
export type Setting = readonly [key: string, value: string];

const kept =
  /^(core\.(repositoryformatversion|filemode|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|quotepath|abbrev|sparsecheckout|sparsecheckoutcone|protecthfs|protectntfs|longpaths|excludesfile|attributesfile|logallrefupdates)|index\.sparse|extensions\.(objectformat|compatobjectformat|refstorage|partialclone)|user\.(name|email)|remote\..+\.(url|fetch|promisor|partialclonefilter)|branch\..+\.(remote|merge)|submodule\..+\.(active|url)|status\.[^.]+|diff\.(renames|renamelimit|algorithm|noprefix|mnemonicprefix))$/;

/** Files have other inode numbers and times of change in a copy: what Git knows of them would all be read anew. */
const own: readonly Setting[] = [
  ['core.bare', 'false'],
  ['core.trustctime', 'false'],
  ['core.checkstat', 'minimal'],
  // Also against those of the user's settings for all repositories.
  ['core.hookspath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

/** Programs through which Git reads and writes the content of files, or shows it: what they are set for has its own name. */
const program = /^((?:filter|diff)\..+)\.(?:clean|smudge|process|textconv|command)$/;

/** As `filter.lfs`: for what kinds of files Git runs programs by these settings, which no copy of them has. */
export function programsOf(keys: Iterable<string>): Set<string> {
  return new Set([...keys].flatMap((key) => program.exec(key)?.[1] ?? []));
}

/** @param settings of the repository itself @returns the text of a settings file */
export function copiedConfig(settings: readonly Setting[]): string {
  const taken = settings
    .filter(([key]) => kept.test(key))
    .map(([key, value]) => [key, withoutUser(key, value)] as const);
  const remotes = new Set(taken.flatMap(([key]) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []));
  // What an agent commits stays in its copy.
  const noPush = [...remotes].map((name) => [`remote.${name}.pushurl`, 'no-push-from-a-copy:'] as const);
  return [...taken, ...noPush, ...own].map(inText).join('');
}

function withoutUser(key: string, value: string): string {
  return key.endsWith('.url') ? value.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1') : value;
}

function inText([key, value]: Setting): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const below = first < last ? ` "${key.slice(first + 1, last).replace(/["\\]/g, '\\$&')}"` : '';
  const quoted = value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `[${key.slice(0, first)}${below}]\n\t${key.slice(last + 1)} = "${quoted}"\n`;
}
