// Says which model a run will speak to, and what to do first when there is none to speak to.
import { type ModelName, modelCatalog } from '../core/routing/modelCatalog';
import { ok, type Result, refuse } from '../core/shared/result';
import { offlineScriptFile } from './contributions';

export interface ModelFacts {
  /** The model of the settings, above every feature's own wish. */
  readonly model: ModelName | undefined;
  readonly apiKey: string | undefined;
  readonly hasOfflineScript: boolean;
}

export interface ModelChoice {
  /** What `run.start` is to say; undefined leaves the choice to each feature. */
  readonly model: ModelName | undefined;
  readonly offline: boolean;
}

/** Offline by wish, or where a script lies beside the backlog and there is neither key nor wish. */
export function chooseModel({ model, apiKey, hasOfflineScript }: ModelFacts): Result<ModelChoice> {
  if (model !== undefined && modelCatalog[model].provider === 'offline') return ok({ model, offline: true });
  if (apiKey !== undefined) return ok({ model, offline: false });
  if (hasOfflineScript && model === undefined) return ok({ model: 'offline', offline: true });
  return refuse(
    'badInput',
    `There is no API key for Anthropic. Set one, or put an ${offlineScriptFile} beside the backlog.`,
  );
}

/** The same for people, in a few words. */
export function modelNote(facts: ModelFacts): string {
  const choice = chooseModel(facts);
  if (!choice.ok) return 'No API key yet';
  if (choice.value.offline) return 'Offline model: scripted answers, no AI';
  return choice.value.model === undefined ? 'Anthropic' : `Anthropic ${choice.value.model}`;
}
