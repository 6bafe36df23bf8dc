// What a file of tests would find out, in numbers: by them it is seen when less is tested than before.
import { type TestKind, testKinds } from './testKinds';

export interface TestCounts {
  readonly tests: number;
  /** Marks that leave tests out. */
  readonly skips: number;
  readonly assertions: number;
  /** Tests and assertions that cannot fail. */
  readonly idle: number;
}

export const noTests: TestCounts = { tests: 0, skips: 0, assertions: 0, idle: 0 };

const byEnding = new Map<string, TestKind>(
  testKinds.flatMap((kind) => kind.endings.map((ending) => [ending, kind] as const)),
);

/** Nobody writes tests in longer lines, and the patterns take time by the square of a line's length. */
const longestLine = 500;

/** How much a piece of such a file asserts; zero where nobody knows how that is written. */
export function assertionsIn(path: string, code: string): number {
  const kind = kindOf(path);
  if (!kind) return 0;
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
  return Math.max(0, count(kind.assertions) - count(kind.idle));
}

/** Zero of all where nobody knows how tests are written in such a file. Comments count for nothing. */
export function countTests(path: string, text: string): TestCounts {
  const kind = kindOf(path);
  if (!kind) return noTests;
  const code = withoutComments(text, kind.comments);
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
  return {
    tests: count(kind.tests),
    skips: count(kind.skips),
    assertions: count(kind.assertions),
    idle: count(kind.idle),
  };
}

function kindOf(path: string): TestKind | undefined {
  return byEnding.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase());
}

function withoutComments(text: string, kind: TestKind['comments']): string {
  const lines = text.split('\n').filter((line) => line.length <= longestLine);
  if (kind === 'hash') return lines.map((line) => line.replace(/(?<![\w'"`$\\&])#(?![[{]).*/, '')).join('\n');
  const code = lines.join('\n');
  let kept = '';
  for (let from = 0; from < code.length; ) {
    const begin = code.indexOf('/*', from);
    const end = begin === -1 ? code.length : code.indexOf('*/', begin + 2);
    kept += code.slice(from, begin === -1 ? code.length : begin);
    from = end === -1 ? code.length : end + 2;
  }
  return kept.replace(/\/\/.*/g, '');
}
