// What the dashboard shows beside the snapshot: trust, the state of the backlog, the slider's number, the model.
import * as vscode from 'vscode';
import { chooseModel } from '../core/models/modelAccess';
import type { Surroundings } from '../protocol/webviewMessages';
import type { ApiKeys } from './apiKeys';
import { offlineScriptFile } from './contributions';
import { readSettings } from './editorSettings';
import { modelNote, modelsNamed } from './modelChoice';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

export async function surroundingsOf(workspaces: Workspaces, apiKeys: ApiKeys): Promise<Surroundings> {
  const { shown } = workspaces;
  const { run, machine, agentLimit } = readSettings(shown?.folder.uri);
  const { providers, agents } = machine;
  const choice = chooseModel({
    model: run.model,
    providers,
    agents,
    access: await apiKeys.read(providers),
    hasOfflineScript: (await shown?.has(offlineScriptFile)) ?? false,
    named: modelsNamed(workspaces.snapshot),
  });
  return {
    trusted: vscode.workspace.isTrusted,
    backlog: shown ? backlogOf(shown) : 'none',
    maxAgents: run.maxAgents,
    agentLimit,
    ...(shown?.trouble ? { trouble: `${shown.trouble.happened} ${shown.trouble.mend}`.trimEnd() } : {}),
    modelNote: modelNote(choice, machine),
  };
}

/** Records that are only shown are so like any others; Start says what keeps them from more. */
export function backlogOf({
  phase,
  isOnlyShown,
}: Pick<WorkspaceSession, 'phase' | 'isOnlyShown'>): Surroundings['backlog'] {
  if (isOnlyShown) return 'loaded';
  return phase === 'loaded' || phase === 'bad' ? phase : 'none';
}
