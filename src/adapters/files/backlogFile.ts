// The backlog as a file, `features.json`: its features, or every problem with its line, column and mend.
import type { FeatureSpec } from '../../core/features/feature';
import { parseBacklog } from '../../core/features/featureList';
import { cycleProblem } from '../../core/graph/backlogGraph';
import { stepsInSlices } from './inSlices';
import { readJsonFile } from './jsonFile';
import { type PlacedProblem, placeProblems } from './jsonPositions';

export type BacklogFile =
  | {
      readonly kind: 'loaded';
      readonly specs: readonly FeatureSpec[];
      /** Accepted, but worth a word. */
      readonly notices: readonly PlacedProblem[];
    }
  | { readonly kind: 'none'; readonly file: string }
  | { readonly kind: 'bad'; readonly problems: readonly PlacedProblem[] };

const whenEmpty = 'Write a list of features, such as [ { "name": "…", "description": "…" } ].';

/**
 * All or nothing: one problem anywhere and no feature comes out. Fails only when the file is there and may not be read.
 *
 * @param file absolute; problems name it as given
 * @param knownIds ids by name of the features that the database has already, so that `depends_on` may use ids
 */
export async function loadBacklogFile(
  file: string,
  knownIds: ReadonlyMap<string, number> = new Map(),
  lastId = 0,
): Promise<BacklogFile> {
  const read = await readJsonFile(file, whenEmpty);
  if (read.kind !== 'read') return read;
  const parsed = await stepsInSlices(parseBacklog(read.value, knownIds, lastId));
  if (!parsed.ok) return { kind: 'bad', problems: placeProblems(file, read.text, parsed.problems) };
  const cycle = await stepsInSlices(cycleProblem(parsed.specs));
  return cycle
    ? { kind: 'bad', problems: placeProblems(file, read.text, [cycle]) }
    : { kind: 'loaded', specs: parsed.specs, notices: placeProblems(file, read.text, parsed.notices) };
}
