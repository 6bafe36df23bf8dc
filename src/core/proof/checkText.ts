// How commands, scripts and settings name files: from which folders on, and whether to judge or to be judged.
import { isProvingName } from './checkScripts';
import type { Word } from './commandText';
import { isAmongSources, isData, proofFileOf } from './proofFiles';

/** A command, or what a file says; paths in it start from the folder. */
export interface Said {
  readonly text: string;
  readonly folder: string;
  /**
   * `command`: the check's own. `script`: of a manifest or a shell. `settings`: of a tool that it calls. `file`: of one that it
   * runs. `mention`: of one that says much besides.
   */
  readonly by: 'command' | 'script' | 'settings' | 'file' | 'mention';
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
  [
    /\b(?:docker|podman)\b/,
    ['Dockerfile', 'docker-compose.yml', 'docker-compose.yaml', 'compose.yml', 'compose.yaml'],
  ],
  [/\bcargo\b/, ['build.rs']],
  [/\bphpunit\b|\bpest\b/, ['phpunit.xml', 'phpunit.xml.dist', 'composer.json']],
];

/** As what a tool's file is read: as commands, as settings, or, where most of it is about other things, as any file. */
export function toolBy(name: string): Said['by'] {
  if (/^(?:package\.json|pyproject\.toml|setup\.cfg|composer\.json)$/.test(name)) return 'mention';
  return /^(?:tox\.ini|Rakefile|build\.gradle.*|.*\.py)$/.test(name) ? 'script' : 'settings';
}

/** Files that a word may mean, of those whose text leads on. */
export function leading(path: string, by: Said['by'], role: Word['role']): readonly string[] {
  if (path.includes('$') || (role === 'named' && (by === 'command' || by === 'script'))) return [];
  if (codeEnding.test(path)) return role === 'named' && !isOfChecks(path) ? [] : [path];
  if ((by === 'file' || by === 'mention') && !path.includes('/')) return [];
  const named = endings.slice(1).map((ending) => path + ending);
  const isScript = role === 'run' && path.includes('/');
  return [...(isScript ? [path] : []), ...named.filter(isOfChecks)];
}

/**
 * Is it there to judge, or is it what is judged? A check may well run the program that it is about, `node app.js | grep -q
 * hello`, and look at any file. What a manifest's script runs is what tests the project, unless it lies among its sources or
 * is called like a program.
 *
 * @param text what it says
 */
export function isJudge(path: string, { by, folder }: Said, { role, isPiped }: Word, text: string): boolean {
  const isCommand = by === 'command' || by === 'script';
  if (role === 'loaded') return true;
  if (isCommand && role !== 'run') return false;
  if (isOfChecks(path) || proofFileOf(path) !== undefined) return true;
  if (isAmongSources(path)) return false;
  if (by === 'mention') return false;
  if (by === 'file') return isData(path) || (folder !== '' && path.startsWith(folder));
  if (judging.test(text)) return true;
  return !programs.test(path) && (by !== 'command' || (!isPiped && endsRed.test(text)));
}

const programs = /(?:^|\/)(?:index|main|app|cli|server|mod|lib|program)\.[^/]+$/i;
const folderOfChecks =
  /(?:^|\/)(?:tools?|scripts?|ci|checks?|tests?|specs?|qa|hack|dev|build|bin\/ci|e2e|tasks?|gulp|grunt|make|mk|rakelib|buildsrc|build-tools|devtools|\.?config)\//i;
/** A script that tells by its end what it found. */
const endsRed =
  /\bprocess\.exit(?:Code)?\b|\bsys\.exit\b|\bSystemExit\b|\bthrow\b|\bexit\s+[1-9]|(?:^|[\n;|&]\s*)(?:diff|cmp|npm|yarn|pnpm|make)\s/;
/** A script that calls the tools of tests, or asserts. */
const judging =
  /\b(?:node:test|node:assert|require\(['"]assert|from ['"]assert|mocha|jest|vitest|node --test|pytest|unittest|go test|cargo test|assert_eq)\b|\bassert\b|(?:^|\n)set -[a-z]*e/;

export function isOfChecks(path: string): boolean {
  return folderOfChecks.test(path) || isProvingName(path);
}

/** The folders from which paths of a text may start; each ends with `/`, or is empty. */
export function foldersIn({ text, folder, by }: Said, near: readonly string[]): readonly string[] {
  const led = text.matchAll(
    /(?:\bcd|-C|--prefix|--cwd|--dir|--workspace|-w|--filter|pushd)[ =]+["']?([\w./@-]+)/g,
  );
  const folders = [...new Set(Array.from(led, ({ 1: to = '' }) => to))].flatMap(
    (to) => joined(folder, to.replace(/^(?:\.\/)+/, '').replace(/\/$/, '')) ?? [],
  );
  // What runs the scripts of all its parts names none of them.
  const isFile = by === 'file' || by === 'mention';
  const all = isFile ? [] : near;
  return [
    ...new Set([
      folder,
      ...(isFile ? [''] : []),
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
