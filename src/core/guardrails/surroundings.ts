// What is said of a failed check beside its own output: where it ran differently from the user's terminal.
import { describeShell } from './commandShell';
import { describeMissed } from './commandVariables';
import type { FailedCheck } from './failedCheck';
import { describeOutside } from './outsideNames';
import {
  describeClosed,
  describeExcluded,
  describeGitPrograms,
  describeInstalled,
  describeLinksOut,
  describeNoNetwork,
  describeWaysBack,
  type SeenPlace,
} from './placeText';

/** In what checks run, as far as the user's settings and environment have a say in it. */
export interface Surroundings {
  /** The shell, as it is started. */
  readonly shell: string;
  /** Names of variables that are set where the host runs, and are not given to commands. */
  readonly withheld: readonly string[];
  /** Is there something of this name above what is copied? As `describeOutside` asks. */
  readonly isOutside: (name: string) => boolean;
}

/** Sentences for people, each with the setting that mends it; none where nothing points to the surroundings. */
export function describeSurroundings(
  check: FailedCheck,
  { shell, withheld, isOutside }: Surroundings,
  place: SeenPlace,
): readonly string[] {
  return [
    describeShell(check, shell),
    describeMissed(check, withheld),
    // What lies above the workspace is there for a check that runs at its path.
    place.isInView ? undefined : describeOutside(check, isOutside),
    describeWaysBack(place),
    describeLinksOut(place),
    describeExcluded(place),
    describeInstalled(place),
    describeClosed(check, place),
    describeGitPrograms(check, place),
    describeNoNetwork(check),
  ].filter((words) => words !== undefined);
}
