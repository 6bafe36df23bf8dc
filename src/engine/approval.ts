// Why work needs the user's approval, though it may have passed its check: what it changed, or that it changed nothing.
import { isCheckedFirst } from '../core/features/feature';
import { whyYes } from '../core/features/judgeChange';
import { findsNothing } from '../core/proof/emptyCheck';
import type { PlaceChange, SecretsHeld, StagedFile } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import type { Doubts } from './proofTrial';

/** Of changed ignore files, those that an approval is needed for: the next `git add` would take a secret. */
export function showing(changes: readonly PlaceChange[]): readonly Named[] {
  return changes.flatMap(({ path, shows = [] }) =>
    shows.length === 0
      ? []
      : [{ path, why: `no longer keeps ${shows.map((one) => `"${one}"`).join(', ')} out of Git` }],
  );
}

/** Of staged files, those that an approval is needed for: a secret would stand where everybody reads it. */
export function exposing(held: readonly SecretsHeld[]): readonly Named[] {
  return held.map(({ path, of }) => ({ path, why: `holds values of your secret ${filesIn(of)}` }));
}

function filesIn(of: readonly string[]): string {
  const rest = of.length - mostNamed;
  const first = of.slice(0, mostNamed).map((one) => `"${one}"`);
  return `${of.length === 1 ? 'file' : 'files'} ${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Files named one by one to the user; the rest is counted. */
const mostNamed = 10;

export class Approval {
  /** Of work that nothing checks; a sentence or two. @param shown files by which secrets would be seen */
  whyWithoutCheck({ feature, changed }: LiveAttempt, shown: readonly Named[]): string {
    const changes = named([...shown, ...powerFiles(feature.spec.files, [...changed.keys()].sort())]);
    const also = changes === undefined ? '' : ` It changed ${changes}.`;
    return `There is no check for it, so it needs your approval ${answers(feature.id, changed.size > 0)}: neither the feature nor the workspace names a command.${also}`;
  }

  /**
   * Of work that passed its check; undefined where that proves it.
   * @param files what it would put into the workspace @param doubts about what its check proves of them
   */
  async whyBesideCheck(
    { feature, checkCommand }: Pick<LiveAttempt, 'feature' | 'checkCommand'>,
    files: readonly StagedFile[],
    { weaker, red }: Doubts,
  ): Promise<string | undefined> {
    const needs = `Its check passed, and it needs your approval ${answers(feature.id, files.length > 0)}:`;
    const command = (await checkCommand) ?? '';
    if (files.length === 0) {
      // One that had passed before is built already.
      const isEnough = isCheckedFirst(feature) || findsNothing(command);
      return isEnough ? undefined : `${needs} nothing was changed for it.`;
    }
    const powerful = powerFiles(
      feature.spec.files,
      files.map(({ path }) => path),
    );
    const changed = named([...weaker, ...powerful]);
    const said = [
      ...(changed === undefined ? [] : [`it changed ${changed}.`]),
      ...(red ? [failsAsBefore(red)] : []),
    ];
    return said.length === 0 ? undefined : `${needs} ${said.join(' Besides, ')}`;
  }
}

export interface Named {
  readonly path: string;
  /** The end of a sentence that begins with the path. */
  readonly why: string;
}

function powerFiles(declared: readonly string[], paths: readonly string[]): readonly Named[] {
  return paths.flatMap((path) => {
    const why = whyYes(path, declared);
    return why === undefined ? [] : [{ path, why }];
  });
}

/** The last of it: the output follows. */
function failsAsBefore({ paths, check: { guards }, reason, isUntried }: NonNullable<Doubts['red']>): string {
  const whose = guards ? `the check of feature ${guards.id}, "${guards.spec.name}",` : 'the check';
  const [first, rest] = [paths.slice(0, mostNamed).map((path) => `"${path}"`), paths.length - mostNamed];
  const files = first.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  const found = isUntried ? 'could not be run' : 'fails';
  return `with ${files} as before, ${whose} ${found}; so it may pass for what was changed there, which the feature does not name in its "files". ${reason}`;
}

function named(files: readonly Named[]): string | undefined {
  if (files.length === 0) return undefined;
  const rest = files.length - mostNamed;
  const first = files.slice(0, mostNamed).map(({ path, why }) => `"${path}", which ${why}`);
  return first.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

function answers(featureId: number, hasChanges: boolean): string {
  const shown = hasChanges ? `diff ${featureId} shows it; ` : '';
  return `(${shown}confirm ${featureId}, or reject ${featureId} to give it up)`;
}
