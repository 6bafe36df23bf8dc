// What an attempt's agent is told to look at: its experts' checklists, with the workspace's own texts in their places.
import { type Attempt, attemptOf } from '../core/events/event';
import { type Feature, type FeatureSpec, isCheckedFirst } from '../core/features/feature';
import { chooseExperts } from '../core/routing/experts';
import type { Assignment, OwnChecklist } from '../ports/coordinator';
import type { EventLog } from './eventLog';

/** What a claim tells of its experts: where no agent works, there are none. */
export function expertsOf(feature: Feature): { readonly expertsWhy?: string } {
  return isCheckedFirst(feature) ? {} : { expertsWhy: chooseExperts(feature.spec).reason };
}

export class Checklists {
  /** Nobody needs to hear of the same text from each agent. */
  readonly #told = new Set<string>();

  constructor(private readonly log: EventLog) {}

  /** @param found what the workspace has of them */
  async assign(
    spec: FeatureSpec,
    attempt: Attempt,
    found: readonly OwnChecklist[],
  ): Promise<Assignment['experts']> {
    const { roles, checklists } = chooseExperts(spec);
    await this.#tell(found, attempt);
    const texts = new Map(found.flatMap((one) => (one.ok ? [[one.name, one.text]] : [])));
    return {
      roles,
      checklists: checklists.map((name) => {
        const own = texts.get(name);
        return { name, ...(own !== undefined && { own: this.log.redactor.text(own) }) };
      }),
    };
  }

  async #tell(found: readonly OwnChecklist[], attempt: Attempt): Promise<void> {
    const isNew = (key: string) => !this.#told.has(key) && this.#told.add(key);
    const fresh = found.filter((one) => isNew(`${one.name} ${one.ok ? one.text : one.why}`));
    if (fresh.length === 0) return;
    await this.log.append(
      fresh.map((one) => ({
        type: 'agent.prompted',
        path: `.parallel-agents/prompts/${one.name}_prompt.md`,
        ...(!one.ok && { whyNot: one.why }),
        ...attemptOf(attempt),
      })),
    );
  }
}
