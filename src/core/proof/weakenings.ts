// What an attempt did to the very things that its check judges by: then a pass proves less than it seems to.
import { changedScripts, isCheckScript, isProvingName } from './checkScripts';
import { isTestByName, type ProofFile, proofFileOf } from './proofFiles';
import { emptiedTests, lostTests, type TestBlock, testBlocks } from './testBlocks';
import { countTests, noTests, type TestCounts } from './testCounts';

/** A file that was changed, by its texts in `\n` lines. */
export interface ProvedChange {
  readonly path: string;
  /** Null: no file; empty for what is no text. */
  readonly before: string | null;
  readonly after: string | null;
  /** The feature names it among its files, so that it is meant to change it. */
  readonly isDeclared: boolean;
}

export interface Weakening {
  readonly path: string;
  /** The end of a sentence that begins with the path. */
  readonly why: string;
}

interface Counted extends ProvedChange {
  readonly kind: ProofFile | undefined;
  readonly had: TestCounts;
  readonly has: TestCounts;
}

/**
 * Files whose change makes the check find out less, or judge by something else: a script that it runs, what configures the
 * tests, kept answers, and tests that were deleted, left out or emptied. Declared files are the feature's to change. Tests that
 * went from one file to another are still there.
 *
 * @param command the check's @param reached files that it comes to by what manifests and scripts say
 */
export function weakenings(
  command: string,
  changes: readonly ProvedChange[],
  reached: ReadonlySet<string> = new Set(),
): readonly Weakening[] {
  const all = changes.map(counted);
  const fell = (count: (counts: TestCounts) => number) =>
    all.reduce((more, { had, has }) => more + count(has) - count(had), 0) < 0;
  let there: readonly TestBlock[] | undefined;
  const work: Work = {
    command,
    all,
    reached,
    isLess: fell(({ tests }) => tests),
    assertsLess: fell(({ assertions, idle }) => Math.max(0, assertions - idle)),
    testsThere: () => {
      there ??= all.flatMap(({ path, kind, after }) =>
        kind === 'test' ? testBlocks(path, after ?? '') : [],
      );
      return there;
    },
  };
  return all
    .filter(({ isDeclared }) => !isDeclared)
    .flatMap((change) => {
      const why = whyWeaker(change, work);
      return why === undefined ? [] : [{ path: change.path, why }];
    });
}

/** All changes together. */
interface Work {
  readonly command: string;
  readonly reached: ReadonlySet<string>;
  readonly all: readonly Counted[];
  /** They took tests away. */
  readonly isLess: boolean;
  /** They took assertions away. */
  readonly assertsLess: boolean;
  /** What changed files have of tests now. */
  readonly testsThere: () => readonly TestBlock[];
}

function whyWeaker(change: Counted, work: Work): string | undefined {
  const { command, all, isLess } = work;
  const { path, before, after, kind, had, has } = change;
  const scripts = changedScripts(command, path, before ?? '', after ?? '');
  if (scripts.length > 0) return `says what the check runs: ${scripts.map((one) => `"${one}"`).join(', ')}`;
  if (kind === 'configuration') return 'configures the tests';
  if (before === null) return undefined;
  if (kind === 'snapshot')
    return wentElsewhere(change, all) || keepsAnswers(before, after)
      ? undefined
      : 'holds answers that tests compare with';
  // One that holds tests is judged by them, also where the check names it: more of them are welcome.
  const isReached = work.reached.has(path);
  const isScript = isCheckScript(command, path) || (isReached && kind !== 'test' && isProvingName(path));
  if (had.tests === 0 && isScript) return 'is what the check runs';
  if (kind !== 'test') return undefined;
  if (after === null) {
    if (wentElsewhere(change, all)) return undefined;
    if (lostTests(testBlocks(path, before), work.testsThere()).length > 0)
      return 'is a test, and was deleted';
    return isLess || (had.tests === 0 && isTestByName(path)) ? 'is a test, and was deleted' : undefined;
  }
  return isLess && has.tests < had.tests
    ? `has ${had.tests - has.tests} of its ${had.tests} tests no more`
    : (whyLessTested(had, has) ?? whyEmptied(change, work));
}

function whyEmptied({ path, before, after }: Counted, { assertsLess, testsThere }: Work): string | undefined {
  const [old, now] = [testBlocks(path, before ?? ''), testBlocks(path, after ?? '')];
  if (emptiedTests(old, now).length > 0) return 'has tests that cannot fail now';
  const lost = assertsLess ? lostTests(old, testsThere()).length : 0;
  if (lost > 0) return `has ${lost} of its ${old.length} tests no more`;
  const answers = inlineAnswers(after ?? '');
  if (inlineAnswers(before ?? '').some((answer) => !answers.includes(answer)))
    return 'holds answers that tests compare with';
  return undefined;
}

/** Has a file of snapshots each that it had, and only more of them? False where nobody can tell. */
export function keepsAnswers(before: string, after: string | null): boolean {
  const old = keptAnswers(before);
  const now = keptAnswers(after ?? '');
  return old.size > 0 && [...old].every(([name, answer]) => now.get(name) === answer);
}

/** By name, as Jest and Vitest write them. */
function keptAnswers(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/^exports\[`((?:[^`\\]|\\.)*)`\] = `((?:[^`\\]|\\.)*)`;$/gm);
  return new Map(Array.from(found, ({ 1: name = '', 2: answer = '' }) => [name, answer]));
}

/** Snapshots that are kept in the test itself. */
function inlineAnswers(text: string): readonly string[] {
  return [...text.matchAll(/\bto\w*InlineSnapshot\(\s*(?:\{[^`]{0,500}\},\s*)?`((?:[^`\\]|\\.)*)`/g)].map(
    (found) => (found[1] ?? '').replace(/\s+/g, ' ').trim(),
  );
}

function whyLessTested(had: TestCounts, has: TestCounts): string | undefined {
  if (has.skips > had.skips) return 'has tests that are left out now';
  if (has.idle > had.idle) return 'has tests that cannot fail now';
  return had.assertions > 0 && has.assertions === 0 ? 'asserts nothing any more' : undefined;
}

/** The same file under another name, where it still is of the same kind, and runs as it did. */
function wentElsewhere({ path, before, kind }: Counted, all: readonly Counted[]): boolean {
  const isAlike = (other: string) =>
    other.slice(other.lastIndexOf('.')) === path.slice(path.lastIndexOf('.')) &&
    (kind !== 'test' || !isTestByName(path) || isTestByName(other));
  return all.some(
    (other) => other.path !== path && other.after === before && other.kind === kind && isAlike(other.path),
  );
}

function counted(change: ProvedChange): Counted {
  const { path } = change;
  // In Rust, tests stand beside what they test.
  const kind = proofFileOf(path) ?? (path.endsWith('.rs') ? 'test' : undefined);
  const count = (text: string | null) =>
    text === null || kind !== 'test' ? noTests : countTests(path, text);
  return { ...change, kind, had: count(change.before), has: count(change.after) };
}
