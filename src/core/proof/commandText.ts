// What the words of a command are: programs, files that these run or load, and all other names.

export interface Word {
  readonly text: string;
  readonly isPattern: boolean;
  /** `run`: a program or script, or tests that a runner is given. `loaded`: read before, or settings. `named`: any other. */
  readonly role: 'run' | 'loaded' | 'named';
  /** Something else looks at what the program prints, and its own end is not seen. */
  readonly isPiped: boolean;
}

const interpreters =
  /^(?:node|nodejs|bun|deno|tsx|ts-node(?:-esm)?|esno|jiti|python[\d.]*|pypy3?|ruby|perl|php|lua|Rscript|pwsh|sh|bash|zsh|dash|ksh|fish|go|uv|julia|elixir|groovy|dart)$/;
const shells = /^(?:sh|bash|zsh|dash|ksh|fish|pwsh)$/;
/** They are given the tests that they run. */
const runners =
  /^(?:_?mocha|jest|vitest|ava|tap|tape|pytest|py\.test|unittest|nose2?|rspec|phpunit|pest|bats|prove|jasmine|uvu|busted|playwright|cypress|karma|lab|qunit|borp|busted|ctest|minitest)$/;
const loadedByName =
  /^--(?:import|require|loader|experimental-loader|preload|config|configFile|config-file|rcfile|setupFiles\w*|setup|file|makefile|justfile|taskfile|reporter|test-reporter|env-file|tsconfig|project|globalSetup|test-global-setup|conftest|rootdir)$/;
/** Short options mean other things elsewhere: `wc -c`, `cp -r`. */
const loadedInShort: readonly (readonly [option: RegExp, program: RegExp])[] = [
  [/^-r$/, /^(?:node|_?mocha|ts-node|tsx|ruby|rspec|nyc|c8|tape|ava|bun)$/],
  [
    /^-[cC]$/,
    /^(?:jest|vitest|eslint|playwright|pytest|nyc|c8|stylelint|prettier|phpunit|karma|ava|biome|webpack|rollup|vite)$/,
  ],
  [/^-p$/, /^(?:tsc|vue-tsc|tsd|pytest|jest|typedoc)$/],
  [/^-f$/, /^(?:g?make|just|task|rake|docker|docker-compose|ant|gradle|mvn)$/],
];
/** In Makefiles, shells, Ruby and Gradle. */
const includes = /^(?:-?include|sinclude|source|\.|require|require_relative|import|load|from)$/;
/** Programs that look at files and run nothing of them. */
const lookers =
  /^(?:e?grep|fgrep|rg|ag|test|\[{1,2}|!|jq|yq|cat|head|tail|wc|ls|stat|file|cut|sort|uniq|tr|echo|printf|true|cd|export|set)$/;
const runsOthers =
  /\b(?:child_process|spawn\w*|exec\w*|subprocess|os\.system|popen|runpy|Bun\.\$|Deno\.Command)\b/;

/** What a command or a script of commands names, each once. */
export function textOfCommands(text: string): readonly Word[] {
  const words = new Map<string, Word>();
  const parts = text.split(/(&&|\|\||[;|&\n])/); // with what separates them
  for (let at = 0; at < parts.length; at += 2)
    for (const word of wordsIn(parts[at] ?? '', parts[at + 1] === '|'))
      words.set(`${word.role} ${word.text}`, word);
  return [...words.values()];
}

/** What stands in a file, each once. */
export function textOfFile(text: string): readonly Word[] {
  const words = new Map<string, Word>();
  for (const [found] of text.matchAll(/[^\s"'`;|&()<>=,[\]{}]+/g)) {
    const word = wordOf(found, 'named');
    if (word) words.set(word.text, word);
  }
  return [...words.values()];
}

/** Does the command only look at files? Then nothing judges but itself. */
export function looksOnly(command: string): boolean {
  if (/[`]|\$\(|<\(/.test(command) || runsOthers.test(command)) return false;
  const plain = command.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ' quoted ');
  return plain.split(/&&|\|\||[;|&\n]/).every((segment) => {
    const [first = 'true', ...rest] = segment
      .replace(/[(){}]/g, ' ')
      .split(/\s+/)
      .filter((token) => token !== '');
    const program = first.slice(first.lastIndexOf('/') + 1);
    if (lookers.test(program)) return true;
    return (
      interpreters.test(program) &&
      !shells.test(program) &&
      /^(?:-[epc]|-pe|--eval|--print)$/.test(rest[0] ?? '')
    );
  });
}

function wordsIn(segment: string, isPiped: boolean): readonly Word[] {
  const words: Word[] = [];
  const tokens = segment.split(/[\s"'`()<>=,[\]{}]+/).filter((token) => token !== '');
  let program = '';
  let isOpen = true; // the next name is what is run
  for (const [at, token] of tokens.entries()) {
    const [last = '', before = ''] = [tokens[at - 1], tokens[at - 2]];
    if (/^-(?!include$)/.test(token)) {
      if (token === '--test' && interpreters.test(program)) program = 'mocha';
      // What follows is no file, or is only looked at.
      if (/^(?:-e|-p|-pe|-c|-n|--eval|--print|--check)$/.test(token) && interpreters.test(program))
        isOpen = shells.test(program) && token === '-c';
      continue;
    }
    const isLoaded =
      loadedByName.test(last) ||
      includes.test(last) ||
      loadedInShort.some(([option, of]) => option.test(last) && of.test(program));
    const isVariable = /^[A-Z_]+$/.test(last) && before.endsWith('$');
    const isModule = last === '-m' && /^\w+(?:\.\w+)*$/.test(token);
    const isRun = isOpen || isVariable || isModule || runners.test(program);
    const word = wordOf(
      isModule ? token.replaceAll('.', '/') : token,
      isLoaded ? 'loaded' : isRun ? 'run' : 'named',
    );
    if (word) words.push({ ...word, isPiped });
    const name = token.slice(token.lastIndexOf('/') + 1);
    if (interpreters.test(name) || runners.test(name) || loadedInShort.some(([, of]) => of.test(name))) {
      program = name;
      isOpen = interpreters.test(name);
    } else if (
      !isLoaded &&
      !/^(?:run|exec|x|env|npx|time|sudo|nice|command|[A-Z_]+)$/.test(token) &&
      !(token === 'test' && program !== '')
    )
      isOpen = false;
  }
  return words;
}

/** Undefined for what cannot name a file. */
function wordOf(token: string, role: Word['role']): Word | undefined {
  const text = token
    .replace(/^[@+]+/, '')
    .replace(/^(?:\.\/)+/, '')
    .replace(/[:.]+$/, '');
  return text === '' || text.length >= 200
    ? undefined
    : { text, isPattern: /[*?]/.test(text), role, isPiped: false };
}
