// Reads JSON as people write it, comments and trailing commas allowed, and says how to mend what is not.
import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';
import { tooDeepAt } from './jsonDepth';
import { type PlacedProblem, placeOf } from './jsonPositions';

export type ParsedText =
  | { readonly kind: 'parsed'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly problems: readonly PlacedProblem[] };

/** Deeper nesting is refused before it can exhaust the parser's stack. */
const mostDepth = 100;
/** One missing character upsets all that follows; more than these help nobody. */
const mostProblems = 20;

const unknown = 'this is not JSON';
const mends: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this word is not JSON; text needs double quotes, and only true, false and null go without',
  InvalidNumberFormat: 'this is not a number as JSON writes it',
  PropertyNameExpected: 'a field name in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a ":" is missing between the field and its value',
  CommaExpected: 'a comma is missing between two entries',
  CloseBraceExpected: 'a "}" is missing; the object is not closed',
  CloseBracketExpected: 'a "]" is missing; the list is not closed',
  EndOfFileExpected: 'the file should end here; take out what follows, or put it into the list',
  InvalidCommentToken: 'this is not a comment; write // or /* */',
  UnexpectedEndOfComment: 'the comment is not closed; a "*/" is missing',
  UnexpectedEndOfString: 'the text is not closed; a double quote is missing at its end',
  UnexpectedEndOfNumber: 'the number is not complete',
  InvalidUnicode: 'after \\u there must be four digits or letters from a to f',
  InvalidEscapeCharacter: 'after a backslash only " \\ / b f n r t u may follow; write \\\\ for a backslash',
  InvalidCharacter: 'text may not hold this character; write \\n for a new line and \\t for a tab',
};

/**
 * Objects come without a prototype, so that `__proto__` is a key like any other.
 * @param text without a byte order mark
 */
export function parseJsonText(file: string, text: string): ParsedText {
  const deep = tooDeepAt(text, mostDepth);
  if (deep !== undefined) {
    const message = `Lists and objects are nested more than ${mostDepth} deep here.`;
    return { kind: 'bad', problems: [{ file, ...placeOf(text, deep), message }] };
  }
  const problems: PlacedProblem[] = [];
  const say = (line: number, column: number, message: string, isEnd = false) => {
    // What the parser says further on in the line, or of the end after an earlier problem, follows from the first.
    const follows = problems.at(-1)?.line === line + 1 || (isEnd && problems.length > 0);
    if (!follows && problems.length < mostProblems)
      problems.push({ file, line: line + 1, column: column + 1, message });
  };
  const end = text.trimEnd().length;
  const builder = new ValueBuilder();
  visit(
    text,
    {
      onObjectBegin: () => builder.begin(Object.create(null)),
      onObjectEnd: () => builder.end(),
      onArrayBegin: () => builder.begin([]),
      onArrayEnd: () => builder.end(),
      onLiteralValue: (value: unknown) => builder.add(value),
      onObjectProperty: (key, _offset, _length, line, column) => {
        if (!builder.key(key))
          say(line, column, `The field ${JSON.stringify(key)} is given twice in this object; keep one.`);
      },
      onError: (code, offset, length, line, column) =>
        say(line, column, describe(code, text, offset, length), offset >= end),
    },
    { allowTrailingComma: true },
  );
  return problems.length > 0 ? { kind: 'bad', problems } : { kind: 'parsed', value: builder.value };
}

/** Builds the values as the parser meets their parts. */
class ValueBuilder {
  value: unknown;
  private readonly open: { readonly holder: unknown[] | Record<string, unknown>; key: string }[] = [];

  begin(holder: unknown[] | Record<string, unknown>): void {
    this.add(holder);
    this.open.push({ holder, key: '' });
  }

  end(): void {
    this.open.pop();
  }

  /** False: the object has this key already. */
  key(key: string): boolean {
    const inner = this.open.at(-1);
    if (!inner || Array.isArray(inner.holder)) return true;
    inner.key = key;
    return !(key in inner.holder);
  }

  add(value: unknown): void {
    const inner = this.open.at(-1);
    if (!inner) this.value = value;
    else if (Array.isArray(inner.holder)) inner.holder.push(value);
    else inner.holder[inner.key] = value;
  }
}

function describe(code: ParseErrorCode, text: string, offset: number, length: number): string {
  const name = printParseErrorCode(code);
  if (offset >= text.trimEnd().length) return `The file ends too early: ${mends[name] ?? unknown}.`;
  const token = text.slice(offset, offset + Math.max(length, 1));
  const before = `${JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token)}: `;
  if (name === 'CommaExpected' && token === ']')
    return `${before}an object is still open here; close it with a "}" first.`;
  if (name === 'CommaExpected' && token === '}')
    return `${before}a list is still open here; close it with a "]" first.`;
  if (token === ',') return `${before}this comma has nothing before it; take it out.`;
  return `${before}${mends[name] ?? unknown}.`;
}
