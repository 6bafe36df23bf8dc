// The models that a client offers to its host, and answers for while it is joined.
import { failureOfEditor } from '../adapters/models/editorFailure';
import type { RunTurn } from '../hub/modelTurns';
import { Failure } from '../ports/failure';
import type { ModelEvent, TurnRequest } from '../ports/models';
import type { clientMethods } from '../protocol/hubMethods';
import type { ParamsOf, Sent } from '../protocol/method';

export type OfferedModel = Sent<ParamsOf<typeof clientMethods.offerModels>>['models'][number];
export type AskedTurn = TurnRequest;
export type ToldOfTurn = ModelEvent;

export interface ModelOffer {
  /** By the names that people have for them: `provider/model`. */
  readonly models: readonly OfferedModel[];
  /** As `ModelProvider.runTurn`, but may throw whatever the editor does. */
  readonly run: (model: string, request: AskedTurn, signal: AbortSignal) => AsyncIterable<ToldOfTurn>;
}

/** What answers for the offer that there is when it is asked. */
export function answering(offer: () => ModelOffer | undefined): RunTurn {
  return async function* run(model, request, signal) {
    const { models = [], run: runOffered } = offer() ?? {};
    if (!runOffered || !models.some(({ name }) => name === model))
      throw new Failure('notOffered', `"${model}" is offered no longer`);
    try {
      yield* runOffered(model, request, signal);
    } catch (error) {
      throw signal.aborted ? new Failure('aborted', 'stopped') : failureOfEditor(error);
    }
  };
}
