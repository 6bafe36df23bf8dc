// Shell commands that do nothing but look at files they name: some agents have no other way to read one.

/** Its options, which take no value, and those whose next word is their value and no file. */
interface Looker {
  readonly options?: RegExp;
  readonly valued?: RegExp;
  /** Its first plain word is what it looks for, or a script, and not a file. */
  readonly pattern?: RegExp;
}

/** Only options under which a program runs no other, writes nothing and comes to an end. */
const lookers: Readonly<Record<string, Looker>> = {
  cat: { options: /^-[AbeEnstTv]+$/ },
  head: { options: /^-\d+$/, valued: /^-[cn]$/ },
  tail: { options: /^-\d+$/, valued: /^-[cn]$/ },
  wc: { options: /^-[clmw]+$/ },
  nl: { options: /^-b[ant]$|^-w\d+$/ },
  ls: { options: /^-[1aAdFhlprSt]+$/ },
  pwd: {},
  // Its language can write files and run commands: nothing but "print these lines".
  sed: { options: /^-n$/, pattern: /^(?:\d+|\$)(?:,(?:\d+|\$))?p$/ },
  grep: { options: /^-[cEFhHilnovwx]+$/, valued: /^-[ABCm]$/, pattern: /^/ },
  rg: {
    options:
      /^-[cFHilnNoSvwx]+$|^--(?:files|line-number|no-heading|ignore-case|fixed-strings|files-with-matches)$/,
    valued: /^-[ABCm]$|^--max-count$/, // a glob would have it read hidden files
    pattern: /^/,
  },
  find: { options: /^-(?:not|o)$/, valued: /^-(?:i?name|i?path|type|maxdepth|mindepth)$/ },
};

/**
 * The words of the command that may name files or folders, for whoever knows which may be looked at; undefined where it is no
 * plain look. Nothing is interpreted: pipes and chains of the programs above, words without any sign that a shell gives a
 * meaning, but in quotes, and errors let go to nowhere.
 */
export function wordsLookedAt(command: string): readonly string[] | undefined {
  const tokens = tokensOf(command.replaceAll(/ 2>\/dev\/null(?= |$)/g, ''));
  if (!tokens) return undefined;
  const files: string[] = [];
  let segment: Word[] = [];
  for (const token of [...tokens, '|' as const]) {
    if (typeof token === 'object') {
      segment.push(token);
      continue;
    }
    const named = filesOf(segment);
    if (!named) return undefined;
    files.push(...named);
    segment = [];
  }
  return files;
}

interface Word {
  readonly text: string;
}

/** Words, and what stands between commands; undefined for what is more than that. */
function tokensOf(command: string): readonly (Word | '|')[] | undefined {
  const tokens: (Word | '|')[] = [];
  const next = /[ \t]*(?:(\|\|?|&&|;)|((?:[\w@%+:,./-][\w@%+=:,./-]*|'[^'\n]*'|"[^"$`\\!\n]*")+))/y;
  const text = command.replace(/[ \t\n]+$/, '');
  while (next.lastIndex < text.length) {
    const found = next.exec(text);
    if (!found) return undefined;
    const [, between, word] = found;
    tokens.push(
      between === undefined ? { text: (word ?? '').replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2') } : '|',
    );
  }
  return tokens;
}

function filesOf([program, ...words]: readonly Word[]): readonly string[] | undefined {
  const name = program?.text ?? '';
  const looker = Object.hasOwn(lookers, name) ? lookers[name] : undefined;
  if (!looker) return undefined;
  const files: string[] = [];
  let hasPattern = looker.pattern === undefined || words.some(({ text }) => text === '--files');
  for (let at = 0; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (looker.valued?.test(text)) at++;
    else if (text.startsWith('-')) {
      if (!looker.options?.test(text)) return undefined;
    } else if (hasPattern) {
      if (/[%,]/.test(text)) return undefined; // which Windows' shells give a meaning
      files.push(text);
    } else if (looker.pattern?.test(text)) hasPattern = true;
    else return undefined;
  }
  // Without `-n` it prints all lines, which is a look as well; without a script it would not run at all.
  return hasPattern ? files : undefined;
}
