// Says in the editor's words which model a run will speak to, and what to do first when there is none to speak to.
import type { ModelChoice } from '../core/models/modelAccess';
import { type Providers, titleOf } from '../core/models/providers';
import { offlineScriptFile } from './contributions';

/** In a few words. */
export function modelNote(choice: ModelChoice, providers: Providers): string {
  switch (choice.kind) {
    case 'offline':
      return 'Offline model: scripted answers, no AI';
    case 'provider': {
      const title = titleOf(choice.provider, providers);
      const own = choice.model?.slice(choice.model.indexOf('/') + 1);
      return own === undefined ? title : `${title} ${own}`;
    }
    case 'noKey':
      return 'No API key yet';
    case 'noProvider':
      return `No provider "${choice.provider}"`;
    default:
      return choice satisfies never;
  }
}

/** Why no run can be begun with it; undefined where one can. */
export function whyNoModel(choice: ModelChoice, providers: Providers): string | undefined {
  if (choice.kind === 'noKey')
    return `There is no API key for ${titleOf(choice.provider, providers)}. Set one, choose another model (parallelAgents.model), or put an ${offlineScriptFile} beside the backlog.`;
  if (choice.kind === 'noProvider')
    return `parallelAgents.model names a provider "${choice.provider}" that is not known; parallelAgents.providers in your own settings takes its address.`;
  return undefined;
}
