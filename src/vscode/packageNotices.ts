// Tells once in a run that the folder's own packages are behind its lockfiles, and installs them where the user says so.
import type * as vscode from 'vscode';
import { oneLine } from '../core/events/describe';
import { outdatedBy } from '../core/events/outdatedPackages';
import type { WorkspaceSetUp } from '../core/settings/machineSettings';
import type { HappenedIn, Workspaces } from './workspaces';

/** `vscode.window`, as far as it is asked here. */
export interface PackageWindow {
  showInformationMessage(text: string, ...actions: string[]): PromiseLike<string | undefined>;
}

const install = 'Install in Terminal';

export class PackageNotices implements vscode.Disposable {
  /** By folder, the run and commands that were told. */
  private readonly told = new Map<string, string>();
  private readonly listening: vscode.Disposable;

  /** @param run has a terminal run the commands in the folder, without taking the focus */
  constructor(
    workspaces: Pick<Workspaces, 'onDidHappen'>,
    private readonly window: PackageWindow,
    private readonly choice: () => Promise<WorkspaceSetUp>,
    private readonly run: (root: string, commands: readonly string[]) => void,
  ) {
    this.listening = workspaces.onDidHappen((happened) => void this.take(happened));
  }

  dispose(): void {
    this.listening.dispose();
  }

  private async take({ workspace, events }: HappenedIn): Promise<void> {
    const { run } = workspace.snapshot;
    const outdated = run && outdatedBy(events, run.settings);
    if (!outdated) return;
    const choice = await this.choice();
    if (choice === 'never') return;
    const { paths, commands } = outdated;
    const key = `${run.id} ${commands.join('\n')}`;
    if (this.told.get(workspace.root) === key) return;
    this.told.set(workspace.root, key);
    if (choice === 'always') return this.run(workspace.root, commands);
    const text = `Parallel Agents: ${paths.map(oneLine).join(', ')} changed with a feature that passed. Your own packages want \`${commands.map(oneLine).join(' && ')}\`.`;
    if ((await this.window.showInformationMessage(text, install)) === install)
      this.run(workspace.root, commands);
  }
}
