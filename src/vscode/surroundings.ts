// What the dashboard shows beside the snapshot: trust, the state of the backlog, the slider's number, the model.
import * as vscode from 'vscode';
import type { Surroundings } from '../protocol/webviewMessages';
import type { ApiKey } from './apiKey';
import { offlineScriptFile } from './contributions';
import { readSettings } from './editorSettings';
import { modelNote } from './modelChoice';
import type { Phase } from './workspaceSession';
import type { Workspaces } from './workspaces';

export async function surroundingsOf(workspaces: Workspaces, apiKey: ApiKey): Promise<Surroundings> {
  const { shown } = workspaces;
  const { run, agentLimit } = readSettings(shown?.folder.uri);
  const key = await apiKey.read();
  return {
    trusted: vscode.workspace.isTrusted,
    backlog: backlogOf(shown?.phase),
    maxAgents: run.maxAgents,
    agentLimit,
    ...(shown?.trouble ? { trouble: `${shown.trouble.happened} ${shown.trouble.mend}`.trimEnd() } : {}),
    modelNote: modelNote({
      model: run.model,
      apiKey: key,
      hasOfflineScript: (await shown?.has(offlineScriptFile)) ?? false,
    }),
  };
}

/** Records made elsewhere are shown like any others; Start asks what to do with them. */
function backlogOf(phase: Phase | undefined): Surroundings['backlog'] {
  if (phase === 'elsewhere') return 'loaded';
  return phase === 'loaded' || phase === 'bad' ? phase : 'none';
}
