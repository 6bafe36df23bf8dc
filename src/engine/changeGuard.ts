// Stands before every change an agent makes: refuses what no agent may write, and remembers what needs the user's yes.
import { attemptOf } from '../core/events/event';
import type { CheckProof } from '../core/features/feature';
import { judgeChange } from '../core/features/judgeChange';
import { parseWorkspacePath, type WorkspacePath } from '../core/locks/lockPath';
import { type Refusal, type Result, refuse } from '../core/shared/result';
import type { LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';

/** Files named one by one to the user; the rest is counted. */
const maxNamed = 10;

/** A change that a command made and that was not taken over. */
export interface DroppedChange {
  readonly path: string;
  readonly error: Refusal;
}

export class ChangeGuard {
  constructor(private readonly log: EventLog) {}

  /** The canonical path, if the attempt's feature may change the file; a denial is told in an event. */
  async admit(live: LiveAttempt, text: string): Promise<Result<WorkspacePath>> {
    const judged = this.judge(live, text);
    if (judged.ok) return judged;
    const path = parseWorkspacePath(text);
    await this.tell(live, [{ path: path.ok ? path.value : text, error: judged.error }]);
    return judged;
  }

  /** The same without a word to anyone. */
  judge({ feature }: LiveAttempt, text: string): Result<WorkspacePath> {
    const path = parseWorkspacePath(text);
    if (!path.ok) return path;
    if (this.log.redactor.isIn(path.value))
      return refuse('pathDenied', 'The name of a file may not hold a key; give it another name.');
    const verdict = judgeChange(path.value, feature.spec.files);
    return verdict.kind === 'denied' ? refuse('pathDenied', verdict.message) : path;
  }

  /** Tells people of denied changes, each file of an attempt once; one event for all with the same reason. */
  async tell(live: LiveAttempt, dropped: readonly DroppedChange[]): Promise<void> {
    const news = new Map<string, DroppedChange[]>();
    for (const one of dropped) {
      if (one.error.code !== 'pathDenied' || live.denied.has(one.path)) continue;
      live.denied.add(one.path);
      const why = one.error.message.replaceAll(`"${one.path}"`, '');
      news.set(why, [...(news.get(why) ?? []), one]);
    }
    if (news.size === 0) return;
    await this.log.append(
      [...news.values()].flatMap(([first, ...others]) =>
        first
          ? [
              {
                ...({
                  type: 'file.denied',
                  path: first.path.slice(0, 1000),
                  why: first.error.message,
                } as const),
                ...(others.length === 0 ? {} : { others: others.length }),
                ...attemptOf(live.attempt),
              },
            ]
          : [],
      ),
    );
  }

  /** Why the attempt's work needs the user's yes; undefined where its check proved it and nothing else asks for one. */
  whyUnconfirmed(live: LiveAttempt, proof: CheckProof): string | undefined;
  whyUnconfirmed(live: LiveAttempt, proof: undefined): string;
  whyUnconfirmed(live: LiveAttempt, proof: CheckProof | undefined): string | undefined {
    const { id } = live.feature;
    const changed = this.#approvalNeeded(live);
    const answers = `(confirm ${id}, or reject ${id} to give it up)`;
    if (proof)
      return changed === undefined
        ? undefined
        : `Its check passed, and it needs your yes ${answers}: it changed ${changed}.`;
    const also = changed === undefined ? '' : ` It changed ${changed}.`;
    return `There is no check for it, so it needs your yes ${answers}: neither the feature nor the workspace names a command.${also}`;
  }

  /** The files of the attempt that it may have changed only with the user's yes, each with its reason; undefined: none. */
  #approvalNeeded({ changed, feature }: LiveAttempt): string | undefined {
    const named = [...changed.keys()].sort().flatMap((path) => {
      const verdict = judgeChange(path, feature.spec.files);
      return verdict.kind === 'approval' ? [`"${path}", which ${verdict.why}`] : [];
    });
    if (named.length === 0) return undefined;
    const rest = named.length - maxNamed;
    return named.slice(0, maxNamed).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
  }
}
