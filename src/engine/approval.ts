// Why work needs the user's yes, though it may have passed its check: what it changed, or that it changed nothing.
import { isCheckedFirst } from '../core/features/feature';
import { isDeclared, judgeChange } from '../core/features/judgeChange';
import { findsNothing } from '../core/proof/emptyCheck';
import { type ProvedChange, weakenings } from '../core/proof/weakenings';
import type { Isolation, StagedFile } from '../ports/isolation';
import type { LiveAttempt } from './attempt';

/** Files named one by one to the user; the rest is counted. */
const mostNamed = 10;

export class Approval {
  constructor(private readonly isolation: Isolation) {}

  /** Of work that nothing checks; a sentence or two. */
  whyWithoutCheck({ feature, changed }: LiveAttempt): string {
    const powerful = named(powerFiles(feature.spec.files, [...changed.keys()].sort()));
    const also = powerful === undefined ? '' : ` It changed ${powerful}.`;
    return `There is no check for it, so it needs your yes ${answers(feature.id, changed.size > 0)}: neither the feature nor the workspace names a command.${also}`;
  }

  /**
   * Of work that passed its check; undefined where that proves it.
   * @param files what it would put into the workspace
   */
  async whyBesideCheck(
    { feature, checkCommand }: Pick<LiveAttempt, 'feature' | 'checkCommand'>,
    files: readonly StagedFile[],
  ): Promise<string | undefined> {
    const needs = `Its check passed, and it needs your yes ${answers(feature.id, files.length > 0)}:`;
    const command = (await checkCommand) ?? '';
    if (files.length === 0) {
      // One that had passed before is built already.
      const isEnough = isCheckedFirst(feature) || findsNothing(command);
      return isEnough ? undefined : `${needs} nothing was changed for it.`;
    }
    const declared = feature.spec.files;
    const changes: ProvedChange[] = [];
    for (const file of files)
      changes.push({
        path: file.path,
        isDeclared: isDeclared(file.path, declared),
        ...(await this.isolation.read(file)),
      });
    const powerful = powerFiles(
      declared,
      files.map(({ path }) => path),
    );
    const changed = named([...weakenings(command, changes), ...powerful]);
    return changed === undefined ? undefined : `${needs} it changed ${changed}.`;
  }
}

interface Named {
  readonly path: string;
  /** The end of a sentence that begins with the path. */
  readonly why: string;
}

function powerFiles(declared: readonly string[], paths: readonly string[]): readonly Named[] {
  return paths.flatMap((path) => {
    const verdict = judgeChange(path, declared);
    return verdict.kind === 'approval' ? [{ path, why: verdict.why }] : [];
  });
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
