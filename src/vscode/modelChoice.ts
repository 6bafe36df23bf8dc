// Says in the editor's words which model a run will speak to, and what to do first when there is none to speak to.
import type { Snapshot } from '../core/events/snapshot';
import { agentOf, unknownAgent } from '../core/models/agents';
import type { ModelChoice } from '../core/models/modelAccess';
import { titleOf } from '../core/models/providers';
import type { MachineSettings } from '../core/settings/machineSettings';
import { offlineScriptFile } from './contributions';

type Asked = Pick<MachineSettings, 'providers' | 'agents'>;

/** What each of the features names that are not built yet. */
export function modelsNamed({ features }: Pick<Snapshot, 'features'>): readonly (string | undefined)[] {
  const open = Object.values(features).filter(({ state }) => state.status !== 'passing');
  return open.map(({ spec }) => spec.model);
}

/** In a few words. */
export function modelNote(choice: ModelChoice, { providers, agents }: Asked): string {
  switch (choice.kind) {
    case 'offline':
      return 'Offline model: scripted answers, no AI';
    case 'provider': {
      const title = titleOf(choice.provider, providers);
      const own = choice.model?.slice(choice.model.indexOf('/') + 1);
      return own === undefined ? title : `${title} ${own}`;
    }
    case 'agent':
      return agentOf(choice.agent, agents)?.title ?? choice.agent;
    case 'asNamed':
      return 'As each feature says';
    case 'noAgent':
      return `No agent "${choice.agent}"`;
    case 'noKey':
      return 'No API key yet';
    case 'noProvider':
      return `No provider "${choice.provider}"`;
    default:
      return choice satisfies never;
  }
}

/** Why no run can be begun with it; undefined where one can. */
export function whyNoModel(choice: ModelChoice, { providers, agents }: Asked): string | undefined {
  if (choice.kind === 'noAgent') return unknownAgent(choice.agent, agents);
  if (choice.kind === 'noKey')
    return `There is no API key for ${titleOf(choice.provider, providers)}. Set one, choose another model (parallelAgents.model), or put an ${offlineScriptFile} beside the backlog.`;
  if (choice.kind === 'noProvider')
    return `parallelAgents.model names a provider "${choice.provider}" that is not known; parallelAgents.providers in your own settings takes its address.`;
  return undefined;
}
