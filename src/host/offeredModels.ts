// The models that clients offer while they are joined: who can answer for one, and its turns as any other model's.
import type { HubConnection } from '../hub/connection';
import type { RunTurn } from '../hub/modelTurns';
import { Failure } from '../ports/failure';
import type { ModelProvider } from '../ports/models';

export interface OfferedModel {
  /** As people name it. */
  readonly name: string;
  readonly contextTokens?: number;
}

interface Offer {
  readonly models: readonly OfferedModel[];
  readonly run: RunTurn;
}

export class OfferedModels {
  /** The client that offered last comes first: its user is there. */
  readonly #offers = new Map<HubConnection, Offer>();

  /** In the place of what it offered before. @param run asks that client */
  set(client: HubConnection, models: readonly OfferedModel[], run: RunTurn): void {
    this.#offers.delete(client);
    if (models.length > 0) this.#offers.set(client, { models, run });
  }

  withdraw(client: HubConnection): void {
    this.#offers.delete(client);
  }

  /** Why nobody can be asked for it; undefined where somebody can. @param model as people name it */
  whyNot(model: string): string | undefined {
    if (this.#offerOf(model)) return undefined;
    const offered = [...this.#offers.values()].flatMap(({ models }) => models.map(({ name }) => name));
    return offered.length === 0
      ? `"${model}" is a model that an editor answers for, and no window that offers such models has this folder open`
      : `No window that has this folder open offers "${model}"; offered are ${[...new Set(offered)].join(', ')}`;
  }

  /** What it can read at once; undefined where nobody says so. */
  contextTokens(model: string): number | undefined {
    return this.#offerOf(model)?.models.find(({ name }) => name === model)?.contextTokens;
  }

  open(model: string): ModelProvider {
    return { runTurn: (request, signal) => this.#run(model, request, signal) };
  }

  async *#run(model: string, ...[request, signal]: Parameters<ModelProvider['runTurn']>) {
    const offer = this.#offerOf(model);
    if (offer === undefined) throw new Failure('notOffered', this.whyNot(model) ?? model);
    try {
      yield* offer.run(model, request, signal);
    } catch (error) {
      // To who asks, `closed` is the end of its own attempt.
      if (!Failure.is(error, 'closed')) throw error;
      throw new Failure('unreachable', 'the window that answered for the model has gone');
    }
  }

  #offerOf(model: string): Offer | undefined {
    return [...this.#offers.values()].findLast(({ models }) => models.some(({ name }) => name === model));
  }
}
