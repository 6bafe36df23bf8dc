// The settings as the editor holds them: read for a folder, and `maxAgents` written where it takes effect.
import * as vscode from 'vscode';
import type { MachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import type { RunSettings } from '../core/settings/runSettings';
import { type SettingReader, settingsSection } from '../core/settings/setting';
import { settingsTable } from '../core/settings/settingsTable';
import type { EditorProxy } from '../core/shared/proxies';

export interface EditorSettings {
  readonly run: RunSettings;
  /** What the user allows on this machine; a folder's own settings have no say in it. */
  readonly machine: MachineSettings;
  /** How many agents the slider offers. */
  readonly agentLimit: number;
  /** `enabled` is off: one agent at a time, whatever `maxAgents` says. */
  readonly oneAtATime: boolean;
  /** One sentence for each value that could not be used. */
  readonly warnings: readonly string[];
}

export function readSettings(scope?: vscode.Uri): EditorSettings {
  const section = vscode.workspace.getConfiguration(settingsSection, scope);
  const { settings, machine, oneAtATime, warnings } = resolveSettings(readerOf(section));
  const proxy = editorProxy();
  return {
    run: settings,
    machine: { ...machine, ...(proxy && { proxy }) },
    agentLimit: oneAtATime ? 1 : machine.agentLimit,
    oneAtATime,
    warnings,
  };
}

function readerOf(section: vscode.WorkspaceConfiguration): SettingReader {
  return (name, of) => {
    if (of === undefined) return section.get(name);
    const found = section.inspect(name);
    if (of === 'user') return found?.globalValue;
    // A folder's settings and its window's both add to what is asked of either; in a window of one folder they are the same.
    const both = [found?.workspaceValue, found?.workspaceFolderValue].filter((value) => value !== undefined);
    return both.length > 1 && both.every(Array.isArray) ? [...new Set(both.flat())] : both.at(-1);
  };
}

/** Of the user's own settings: a workspace must not say through whose hands the key goes. */
function editorProxy(): EditorProxy | undefined {
  const http = vscode.workspace.getConfiguration('http');
  const own = (name: string): unknown => http.inspect(name)?.globalValue;
  const [address, except] = [own('proxy'), own('noProxy')];
  if (typeof address !== 'string' || address.trim() === '' || own('proxySupport') === 'off') return undefined;
  const hosts = Array.isArray(except) ? except.filter((host) => typeof host === 'string') : [];
  return { address: address.trim(), except: hosts };
}

/**
 * Remembers the number for all the user's workspaces; where the workspace itself names one, that is changed instead,
 * since it would go before the user's and the slider would do nothing.
 */
export async function writeMaxAgents(maxAgents: number, scope?: vscode.Uri): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection, scope);
  const { key } = settingsTable.run.maxAgents;
  if (section.get(key) === maxAgents) return;
  const inspected = section.inspect(key);
  const { Global, Workspace, WorkspaceFolder } = vscode.ConfigurationTarget;
  const inFolder = inspected?.workspaceFolderValue !== undefined;
  const inWorkspace = inspected?.workspaceValue !== undefined;
  const target = inFolder ? WorkspaceFolder : inWorkspace ? Workspace : Global;
  await section.update(key, maxAgents, target);
}
