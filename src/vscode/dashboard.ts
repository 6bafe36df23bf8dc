// Opens the dashboard, at most one of it, and takes up the one that a reloaded window still shows.
import * as vscode from 'vscode';
import { dashboardViewType } from './contributions';
import { type DashboardDeps, DashboardPanel } from './dashboardPanel';

export class Dashboard implements vscode.WebviewPanelSerializer {
  private panel: DashboardPanel | undefined;

  constructor(private readonly deps: DashboardDeps & { readonly iconUri: vscode.Uri }) {}

  open(): void {
    if (this.panel) this.panel.reveal();
    else {
      const column = vscode.ViewColumn.Active;
      this.adopt(vscode.window.createWebviewPanel(dashboardViewType, 'Parallel Agents', column));
    }
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.panel) panel.dispose();
    else this.adopt(panel);
  }

  /** After a change of a setting, the key or the trust. */
  refresh(): void {
    void this.panel?.sendSurroundings();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    panel.iconPath = this.deps.iconUri;
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    this.panel = new DashboardPanel(panel, this.deps);
    void this.deps.workspaces.look();
  }
}
