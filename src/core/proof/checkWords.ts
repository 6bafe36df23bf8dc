// How commands, scripts and settings name files: by which words, from which folders on, and as what.
import { isProvingName } from './checkScripts';
import { proofFileOf } from './proofFiles';

/** A command, or what a file says; paths in it start from the folder. */
export interface Said {
  readonly text: string;
  readonly folder: string;
  /** `command`: the check's own. `script`: of a manifest. `file`: what a file has in it. */
  readonly by: 'command' | 'script' | 'file';
}

const deepest = 12;
/** What a file's name may have behind the word for it. */
export const endings = [
  '',
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '.mts',
  '.cts',
  '.tsx',
  '.py',
  '.rb',
  '.sh',
  '.json',
  '/index.js',
  '/index.ts',
  '/index.mjs',
];
const codeEnding =
  /\.(?:[cm]?[jt]sx?|py|rb|sh|bash|zsh|pl|php|lua|ps1|mk|just|json|ya?ml|toml|cfg|ini|gradle|kts)$/i;

/** What the tools of tests read of themselves, by the words that call them. */
export const toolFiles: readonly (readonly [called: RegExp, files: readonly string[]])[] = [
  [
    /\bmocha\b/,
    [
      '.mocharc.js',
      '.mocharc.cjs',
      '.mocharc.json',
      '.mocharc.jsonc',
      '.mocharc.yml',
      '.mocharc.yaml',
      'test/mocha.opts',
    ],
  ],
  [
    /\bjest\b|react-scripts/,
    [
      'jest.config.js',
      'jest.config.ts',
      'jest.config.mjs',
      'jest.config.cjs',
      'jest.config.json',
      'package.json',
    ],
  ],
  [
    /\bvitest\b/,
    [
      'vitest.config.ts',
      'vitest.config.js',
      'vitest.config.mts',
      'vitest.config.mjs',
      'vite.config.ts',
      'vite.config.js',
      'vite.config.mts',
      'vite.config.mjs',
    ],
  ],
  [/\bava\b/, ['ava.config.js', 'ava.config.mjs', 'ava.config.cjs', 'package.json']],
  [/\btap\b/, ['.taprc', 'package.json']],
  [/\bplaywright\b/, ['playwright.config.ts', 'playwright.config.js']],
  [/\b(?:pytest|py\.test)\b/, ['pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg', 'conftest.py']],
  [/\b(?:tox|nox)\b/, ['tox.ini', 'noxfile.py', 'pyproject.toml', 'setup.cfg']],
  [/\b(?:poe|hatch|pdm|poetry|uv|taskipy|task)\b/, ['pyproject.toml', 'hatch.toml']],
  [/\b(?:rake|bundle)\b/, ['Rakefile', '.rspec']],
  [/\bgrunt\b/, ['Gruntfile.js', 'Gruntfile.cjs', 'Gruntfile.ts']],
  [/\bgulp\b/, ['gulpfile.js', 'gulpfile.mjs', 'gulpfile.cjs', 'gulpfile.ts']],
  [/\bgradlew?\b/, ['build.gradle', 'build.gradle.kts']],
  [/\b(?:invoke|inv)\b/, ['tasks.py']],
  [/\bdoit\b/, ['dodo.py']],
  [/\b(?:turbo|nx|lerna|wireit)\b/, ['turbo.json', 'nx.json', 'project.json', 'package.json']],
  [/\bmvnw?\b/, ['pom.xml']],
  [/\bmix\b/, ['mix.exs']],
  [/\bbun\b/, ['bunfig.toml', 'package.json']],
  [/\bphpunit\b|\bpest\b/, ['phpunit.xml', 'phpunit.xml.dist', 'composer.json']],
];

/** They say much that no tool of tests goes by. */
export const namesMuch = /^(?:package\.json|pyproject\.toml|setup\.cfg|composer\.json)$/;
export interface Word {
  readonly text: string;
  readonly isPattern: boolean;
  /** Behind an option that has it loaded, or settings taken from it. */
  readonly isLoaded: boolean;
}

const loading =
  /^(?:-r|-c|-p|-f|--(?:import|require|loader|experimental-loader|preload|config|configFile|config-file|setupFiles\w*|setup|file|makefile|reporter|env-file|tsconfig|project|rcfile|globalSetup|test-reporter|conftest))$/;

/** Each once. */
export function wordsOf(text: string): readonly Word[] {
  const words = new Map<string, Word>();
  let last = '';
  for (const found of text.matchAll(/[^\s"'`;|&()<>=,[\]{}]+/g)) {
    const raw = found[0].replace(/^(?:\.\/)+/, '').replace(/[:.]+$/, '');
    // `python -m tools.check`
    const path = last === '-m' && /^\w+(?:\.\w+)+$/.test(raw) ? raw.replaceAll('.', '/') : raw;
    if (!raw.startsWith('-') && raw.length < 200)
      words.set(`${loading.test(last)} ${path}`, {
        text: path,
        isPattern: /[*?]/.test(raw),
        isLoaded: loading.test(last),
      });
    last = found[0];
  }
  return [...words.values()];
}

/** Files that a word may mean, of those whose text leads on. */
export function leading(path: string, by: Said['by']): readonly string[] {
  if (path.includes('$')) return [];
  if (codeEnding.test(path)) return [path];
  return by === 'file' && !path.includes('/')
    ? []
    : endings
        .slice(1)
        .map((ending) => path + ending)
        .filter(isOfChecks);
}

/**
 * Is it there to judge, or is it what is judged? A check may well run the program that it is about: `node app.js | grep -q
 * hello`. What a manifest's script runs is what tests the project, unless it lies among its sources.
 */
export function isJudge(path: string, said: Said, text: string): boolean {
  if (isOfChecks(path) || proofFileOf(path) !== undefined) return true;
  if (sources.test(path)) return false;
  if (said.by === 'file') return said.folder !== '' && path.startsWith(said.folder);
  return said.by === 'script' || judging.test(text);
}

const sources = /^(?:.*\/)?(?:src|lib|app|source|sources|public|dist|pkg|cmd|internal|components|pages)\//i;
const folderOfChecks =
  /(?:^|\/)(?:tools?|scripts?|ci|checks?|tests?|specs?|qa|hack|dev|build|bin\/ci|e2e|tasks?|gulp|grunt|make|mk|rakelib|buildsrc|build-tools|devtools|\.?config)\//i;
/** A script that calls the tools of tests, or asserts. */
const judging =
  /\b(?:node:test|node:assert|require\(['"]assert|from ['"]assert|mocha|jest|vitest|node --test|pytest|unittest|go test|cargo test|assert_eq)\b|\bassert\b|(?:^|\n)set -[a-z]*e/;

export function isOfChecks(path: string): boolean {
  return folderOfChecks.test(path) || isProvingName(path);
}

/** The folders from which paths of a text may start; each ends with `/`, or is empty. */
export function foldersIn({ text, folder, by }: Said, near: readonly string[]): readonly string[] {
  const led = [
    ...text.matchAll(/(?:\bcd|-C|--prefix|--cwd|--dir|--workspace|-w|--filter|pushd)[ =]+["']?([\w./@-]+)/g),
  ];
  const folders = led.flatMap(
    ({ 1: to = '' }) => joined(folder, to.replace(/^(?:\.\/)+/, '').replace(/\/$/, '')) ?? [],
  );
  // What runs the scripts of all its parts names none of them.
  const all = by === 'file' ? [] : near;
  return [
    ...new Set([
      folder,
      ...(by === 'file' ? [''] : []),
      ...folders.map((one) => (one === '' ? '' : `${one}/`)),
      ...all,
    ]),
  ];
}

/** All folders above the files. */
export function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths)
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder.slice(0, -1)))
      folders.add(folder);
  return [...folders].slice(0, 40);
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Undefined for what leads out of the workspace. */
export function joined(folder: string, word: string): string | undefined {
  const names: string[] = [];
  if (word.startsWith('/') || word.startsWith('~')) return undefined;
  for (const name of `${folder}${word}`.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names.length > deepest ? undefined : names.join('/');
}
