// Opens the dashboard, at most one of it, and takes up the one that a reloaded window still shows.
import * as vscode from 'vscode';
import type { LinkText } from '../client/link';
import { dashboardViewType } from './contributions';
import type { DashboardDeps, DashboardPanel } from './dashboardPanel';

export class Dashboard implements vscode.WebviewPanelSerializer {
  private shown: vscode.WebviewPanel | undefined;
  private content: DashboardPanel | undefined;
  private troubleSaid: string | undefined;

  constructor(private readonly deps: DashboardDeps & { readonly iconUri: vscode.Uri }) {}

  async open(): Promise<void> {
    if (this.shown) {
      this.shown.reveal();
      return;
    }
    const column = vscode.ViewColumn.Active;
    await this.adopt(vscode.window.createWebviewPanel(dashboardViewType, 'Parallel Agents', column));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.shown) panel.dispose();
    else await this.adopt(panel);
  }

  /** What keeps the shown folder from its host, or that nothing does. */
  tell(trouble: LinkText | undefined): void {
    const said = trouble?.happened;
    if (said === this.troubleSaid) return;
    this.troubleSaid = said;
    this.refresh();
  }

  /** After a change of a setting, the key or the trust. */
  refresh(): void {
    void this.content?.sendSurroundings();
  }

  private async adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.shown = panel;
    panel.iconPath = this.deps.iconUri;
    let isOpen = true;
    panel.onDidDispose(() => {
      isOpen = false;
      this.shown = undefined;
      this.content = undefined;
    });
    // Loaded with the first dashboard: the checks of its messages take longer to load than the rest of the extension.
    const { DashboardPanel } = await import('./dashboardPanel');
    if (!isOpen) return;
    this.content = new DashboardPanel(panel, this.deps);
    await this.deps.workspaces.look();
  }
}
