// Stands before every change an agent makes: refuses what no agent may write.
import { attemptOf } from '../core/events/event';
import { judgeChange } from '../core/features/judgeChange';
import { secretFiles } from '../core/features/namedSecrets';
import { parseFoundPath, parseWorkspacePath, type WorkspacePath } from '../core/locks/lockPath';
import { type Refusal, type Result, refuse } from '../core/shared/result';
import type { Isolation } from '../ports/isolation';
import type { LiveAttempt } from './attempt';
import type { EventLog } from './eventLog';

/** A change that a command made and that was not taken over. */
export interface DroppedChange {
  readonly path: string;
  readonly error: Refusal;
}

export class ChangeGuard {
  /** @param secrets what the user says of secret files; asked at every use */
  constructor(
    private readonly log: EventLog,
    private readonly secrets: () => readonly string[],
    private readonly isolation: Pick<Isolation, 'texts'>,
  ) {}

  /**
   * The canonical path, or of a file that is there the name it has, if the attempt's feature may change it; a denial is told in
   * an event.
   */
  async admit(live: LiveAttempt, text: string): Promise<Result<WorkspacePath>> {
    const judged = this.judging(live)(text, (await this.#isThere(live, text)) ? 'found' : 'named');
    if (judged.ok) return judged;
    const path = parseWorkspacePath(text);
    await this.tell(live, [{ path: path.ok ? path.value : text, error: judged.error }]);
    return judged;
  }

  /** Asked only of names that agents would not be let give. */
  async #isThere({ attempt }: LiveAttempt, text: string): Promise<boolean> {
    const [named, found] = [parseWorkspacePath(text), parseFoundPath(text)];
    if (!found.ok || (named.ok && named.value === text)) return false;
    const texts = await this.isolation.texts(attempt.slot, [found.value]);
    return typeof texts.get(found.value)?.after === 'string';
  }

  /**
   * The same without a word to anyone, for any number of paths: as they were `named`, or as what was there is called, which
   * stays so.
   */
  judging({ feature }: LiveAttempt): (text: string, how: 'named' | 'found') => Result<WorkspacePath> {
    const isSecret = secretFiles(this.secrets());
    return (text, how) => {
      const canonical = parseWorkspacePath(text);
      const path = how === 'found' ? parseFoundPath(text) : canonical;
      if (!path.ok) return path;
      if (this.log.redactor.isIn(path.value))
        return refuse('pathDenied', 'The name of a file may not hold a key; give it another name.');
      // What a name means elsewhere counts as well.
      for (const one of new Set([path.value, canonical.ok ? canonical.value : path.value])) {
        const verdict = judgeChange(one, feature.spec.files, isSecret);
        if (verdict.kind === 'denied') return refuse('pathDenied', verdict.message);
      }
      return path;
    };
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
                ...({ type: 'file.denied', path: first.path.slice(0, 1000), why: named(first) } as const),
                ...(others.length === 0 ? {} : { others: others.length }),
                ...attemptOf(live.attempt),
              },
            ]
          : [],
      ),
    );
  }
}

/** A sentence that names the path. */
function named({ path, error: { message } }: DroppedChange): string {
  return message.includes(`"${path}"`) ? message : `"${path}" was put back. ${message}`;
}
