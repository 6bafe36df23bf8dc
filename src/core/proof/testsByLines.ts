// The tests that stand in a source of a language that goes by lines: as examples with their answers, by how far in they stand,
// and between lines of the preprocessor.
import { apart, type Piece, type TestsFound } from './testPieces';

interface Line {
  readonly text: string;
  readonly from: number;
}

/** From this line on up to, and without, that one. */
type Span = readonly [from: number, to: number];
type Finder = (lines: readonly Line[]) => readonly Span[];

interface Kind {
  readonly files: RegExp;
  readonly sign: RegExp;
  readonly find: Finder;
  /** What a span consists of; left out: itself. */
  readonly parts?: (lines: readonly Line[], span: Span) => readonly Span[];
}

/** What an example begins with in a docstring or a comment, where a tool tries it. */
const prompt = /^[ \t]*(?:(?:--|#+|\*|\/\/+)[ \t]*)?(?:>>>|iex(?:\(\d+\))?>|julia>|ghci>)(?:[ \t]|$)/;
const fence = /^[ \t]*(?:\/\/[/!][ \t]*)?```/;

/** Is the piece an example? */
export function isExample(piece: string): boolean {
  return prompt.test(piece) || fence.test(piece);
}

const kinds: readonly Kind[] = [
  // Documentation is tried as well, by `doctest` for instance, or where a source of Rust includes it.
  { files: /\.(?:md|markdown|rst|txt|adoc)$/, sign: /(?:>>>|iex[(>]|julia>|```rust)/, find: examplesOfText },
  { files: /\.(?:pyi?|pyx|hs|lhs|exs?|jl)$/, sign: /(?:>>>|iex[(>]|julia>|ghci>)/, find: examples },
  {
    files: /\.pyi?$/,
    sign: /\b(?:unittest|pytest|doctest|def[ \t]+test)/,
    find: testsOfPython,
    parts: methods,
  },
  {
    files: /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm)$/,
    sign: /^[ \t]*#[ \t]*if.*TEST/m,
    find: betweenDirectives,
  },
  {
    files: /\.rb$/,
    sign: /\b__FILE__\b|\bMinitest\b|\bTestCase\b/,
    find: (lines) =>
      upTo(
        lines,
        /^(?:if[ \t]+__FILE__[ \t]*==|class[ \t]+\w+[ \t]*<[ \t]*(?:::)?(?:Minitest::|Test::Unit::|MiniTest::))/,
        /^end\b/,
      ),
  },
  {
    files: /\.mli?$/,
    sign: /\blet%/,
    find: (lines) =>
      starting(lines, /^[ \t]*let%(?:test|expect_test)/, /^[ \t]*(?:let|open|module|type|and|end|;;)/),
  },
  {
    files: /\.nims?$/,
    sign: /\b(?:isMainModule|runnableExamples)\b/,
    find: (lines) => indented(lines, /^[ \t]*(?:when[ \t]+isMainModule|runnableExamples)\b.*:[ \t]*$/),
  },
];

export function testsByLines(path: string, text: string): TestsFound {
  const own = kinds.filter(({ files, sign }) => files.test(path) && sign.test(text));
  if (own.length === 0) return { pieces: [] };
  let from = 0;
  const lines = text.split('\n').map((line) => {
    from += line.length + 1;
    return { text: line, from: from - line.length - 1 };
  });
  const spans = own.map(({ find, parts }) => ({ found: find(lines), parts }));
  const pieceOf = ([first, end]: Span): Piece => {
    const last = lines[end - 1];
    return { from: lines[first]?.from ?? 0, to: (last?.from ?? 0) + (last?.text.length ?? 0) };
  };
  const parts = spans.flatMap(({ found, parts = (_, span) => [span] }) =>
    found.flatMap((span) => parts(lines, span)),
  );
  return {
    pieces: apart(spans.flatMap(({ found }) => found.map(pieceOf))),
    parts: apart(parts.map(pieceOf)),
  };
}

/** Each from its first prompt on: an answer goes to an empty line, or to the end of what it stands in. */
function examples(lines: readonly Line[]): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!prompt.test(lines[at]?.text ?? '')) continue;
    const leader = /^[ \t]*(--|#+|\*|\/\/+)?/.exec(lines[at]?.text ?? '')?.[1] ?? '';
    const goesOn = (line: string) => {
      const rest = line.trimStart();
      if (!rest.startsWith(leader)) return false;
      return rest.slice(leader.length).trim() !== '' && !/"""|'''|```/.test(rest);
    };
    const first = at;
    while (at + 1 < lines.length && goesOn(lines[at + 1]?.text ?? '')) at += 1;
    spans.push([first, at + 1]);
  }
  return spans;
}

function examplesOfText(lines: readonly Line[]): readonly Span[] {
  return [...examples(lines), ...upTo(lines, /^[ \t]*```rust\b(?!.*\bignore\b)/, /^[ \t]*```[ \t]*$/)];
}

/** Tests, and what runs them; what brings in the tools of tests too where there are any. */
function testsOfPython(lines: readonly Line[]): readonly Span[] {
  const tests = indented(
    lines,
    /^(?:(?:async[ \t]+)?def[ \t]+test\w*|class[ \t]+(?:Test\w*|\w+[ \t]*\([^)]*\bTestCase\b))/,
    /^@/,
  );
  const main = indented(lines, /^if[ \t]+__name__[ \t]*==/).filter(([from, to]) =>
    lines.slice(from, to).some(({ text }) => /\b(?:unittest|pytest|doctest)\b/.test(text)),
  );
  if (tests.length === 0) return main;
  const brought = lines.flatMap(({ text }, at): Span[] =>
    /^(?:import|from)[ \t]+(?:unittest|pytest|doctest)\b/.test(text) ? [[at, at + 1]] : [],
  );
  return [...tests, ...main, ...brought];
}

/** Of a class its head and each method, with what stands above it. */
function methods(lines: readonly Line[], [from, to]: Span): readonly Span[] {
  const begins: number[] = [from];
  let isAbove = false; // in a row of decorators
  for (let at = from + 1; at < to; at++) {
    const line = lines[at]?.text ?? '';
    const isHead = /^[ \t]+(?:@|(?:async[ \t]+)?def\b)/.test(line);
    if (isHead && !isAbove) begins.push(at);
    isAbove = /^[ \t]+@/.test(line);
  }
  return begins.map((begin, k) => [begin, begins[k + 1] ?? to]);
}

/** From a line like `head`, and those like `above` before it, as long as lines stand further in. */
function indented(lines: readonly Line[], head: RegExp, above = /(?!)/): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.text ?? '';
    if (!head.test(line)) continue;
    const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
    let first = at;
    while (above.test(lines[first - 1]?.text ?? '')) first -= 1;
    let end = at + 1;
    for (let next = end; next < lines.length && isBelow(lines[next]?.text ?? '', indent); next++)
      if (lines[next]?.text.trim() !== '') end = next + 1;
    spans.push([first, end]);
    at = end - 1;
  }
  return spans;
}

function isBelow(line: string, indent: string): boolean {
  return line.trim() === '' || (line.startsWith(indent) && /^[ \t)]/.test(line.slice(indent.length)));
}

/** What a compiler leaves out but for tests. */
function betweenDirectives(lines: readonly Line[]): readonly Span[] {
  const spans: Span[] = [];
  const head =
    /^[ \t]*#[ \t]*(?:ifdef[ \t]+|if\b(?!.*![ \t]*\(?[ \t]*defined).*\b)(?:\w*_)?\w*TESTS?(?:ING)?(?:_\w*)?\b/;
  for (let at = 0; at < lines.length; at++) {
    if (!head.test(lines[at]?.text ?? '')) continue;
    const first = at;
    for (let depth = 1; at + 1 < lines.length && depth > 0; ) {
      at += 1;
      const line = lines[at]?.text ?? '';
      if (/^[ \t]*#[ \t]*if/.test(line)) depth += 1;
      else if (/^[ \t]*#[ \t]*endif\b/.test(line)) depth -= 1;
    }
    spans.push([first, at + 1]);
  }
  return spans;
}

function upTo(lines: readonly Line[], head: RegExp, last: RegExp): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!head.test(lines[at]?.text ?? '')) continue;
    const first = at;
    while (at + 1 < lines.length && !last.test(lines[at]?.text ?? '')) at += 1;
    spans.push([first, at + 1]);
  }
  return spans;
}

function starting(lines: readonly Line[], head: RegExp, next: RegExp): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!head.test(lines[at]?.text ?? '')) continue;
    const first = at;
    while (at + 1 < lines.length && !next.test(lines[at + 1]?.text ?? '')) at += 1;
    let end = at + 1;
    while (end > first + 1 && lines[end - 1]?.text.trim() === '') end -= 1;
    spans.push([first, end]);
  }
  return spans;
}
