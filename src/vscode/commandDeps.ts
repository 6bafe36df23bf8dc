// What commands are made of, and how what goes wrong with one is shown.
import * as vscode from 'vscode';
import type { FeatureId } from '../core/shared/ids';
import type { Result } from '../core/shared/result';
import type { ApiKeys } from './apiKeys';
import type { CommandId } from './contributions';
import type { MayAsk } from './editorModels';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

export interface CommandDeps {
  readonly workspaces: Workspaces;
  readonly apiKeys: ApiKeys;
  readonly mayAsk: MayAsk;
  readonly openDashboard: () => Promise<void>;
  /** Shows what a feature's question is about, or refuses. */
  readonly showChanges: (workspace: WorkspaceSession, featureId: FeatureId) => Promise<Result<object>>;
  /** More of a large group of the tree; the argument is the line of the tree that asks for it. */
  readonly showMore: (argument: unknown) => void;
  readonly log: (line: string) => void;
}

export type Commands = Record<CommandId, (argument?: unknown) => Promise<void> | void>;

export function showFailure({ log }: CommandDeps, where: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  log(`${where}: ${(error instanceof Error && error.stack) || message}`);
  void vscode.window.showErrorMessage(`Parallel Agents: ${message}`);
}
