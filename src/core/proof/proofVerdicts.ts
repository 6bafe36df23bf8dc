// What each change of a file that a check judges by means for its green: less for certain, no less for certain, or unknown.
import { keepsToItself, onlyAddsTests } from './addedTests';
import { looksOnly } from './commandText';
import { changesInlineTests, withTestsOf } from './inlineTests';
import { onlyAddsToManifest } from './manifestChanges';
import { isData, isTestByName, proofFileOf } from './proofFiles';
import { keepsAnswers, type ProvedChange, type Weakening, weakenings } from './weakenings';

export interface ProofVerdicts {
  /** By their texts the check proves less. */
  readonly weaker: readonly Weakening[];
  /** Only a trial without these changes can show it. */
  readonly uncertain: readonly string[];
  /** By their texts they only add to what is proved, and leave the rest alone. */
  readonly harmless: readonly string[];
  /** What such of them as hold tests beside what these test say with only the tests as they were, by path. */
  readonly instead: ReadonlyMap<string, string>;
}

/**
 * Of undeclared changes to files that the check judges by, or that it comes to; of other files nothing is said.
 *
 * @param command the check's @param reached what it comes to beside what shows by its name (`checkReach.ts`)
 */
export function proofVerdicts(
  command: string,
  changes: readonly ProvedChange[],
  reached: ReadonlySet<string>,
): ProofVerdicts {
  const weaker = weakenings(command, changes, reached);
  const isWeaker = new Set(weaker.map(({ path }) => path));
  if (looksOnly(command)) return { weaker, uncertain: [], harmless: [], instead: new Map() };
  const left = changes.filter(
    ({ path, isDeclared, before, after }) =>
      !isDeclared &&
      !isWeaker.has(path) &&
      (reached.has(path) || proofFileOf(path) !== undefined || changesInlineTests(path, before, after)),
  );
  const isHarmless = (change: ProvedChange) => isOnlyMore(command, change, reached);
  const uncertain = left.filter((change) => !isHarmless(change));
  return {
    weaker,
    uncertain: uncertain.map(({ path }) => path),
    harmless: left.filter(isHarmless).map(({ path }) => path),
    instead: new Map(uncertain.flatMap((change) => onlyTests(change, reached))),
  };
}

/** A file that is there to judge counts as a whole. */
function onlyTests(
  { path, before, after }: ProvedChange,
  reached: ReadonlySet<string>,
): readonly (readonly [path: string, text: string])[] {
  if (before === null || after === null || reached.has(path) || proofFileOf(path) !== undefined) return [];
  return [[path, withTestsOf(path, before, after)]];
}

function isOnlyMore(
  command: string,
  { path, before, after }: ProvedChange,
  reached: ReadonlySet<string>,
): boolean {
  const kind = proofFileOf(path);
  if (!after) return false; // gone, or no text: what it was is not known
  if (before === null) {
    // Without it the check could not have run.
    if (reached.has(path) && command.includes(path.slice(path.lastIndexOf('/') + 1))) return true;
    if (kind === 'snapshot') return true;
    if (kind === 'test') return isTestByName(path) ? keepsToItself(path, after) : isData(path);
    return kind === 'support' && isData(path);
  }
  if (before === '') return false;
  if (kind === 'snapshot') return keepsAnswers(before, after);
  if (kind === 'manifest') return onlyAddsToManifest(command, path, before, after);
  return kind === 'test' && onlyAddsTests(path, before, after);
}
