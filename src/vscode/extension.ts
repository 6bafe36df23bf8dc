// The entry of the extension: VS Code calls `activate` once and `deactivate` before it goes. Wiring only; nothing is
// joined or read before a view, a command or a run that was open asks for it, and most of the program is loaded then.
import * as vscode from 'vscode';
import { openBreakers } from '../core/events/accounts';
import { hasOpenRun } from '../core/events/snapshot';
import { ApiKeys } from './apiKeys';
import { ChangesDocuments } from './changesDocuments';
import { ClaimDecorations } from './claimDecorations';
import type { CommandDeps } from './commandDeps';
import { ContextKeys, contextValues } from './contextKeys';
import { commandIds, dashboardViewType, databaseFile, viewIds } from './contributions';
import { Dashboard } from './dashboard';
import { ElsewhereQuestion } from './elsewhereQuestion';
import { treeMessage, treeSteps, unconfirmedCount } from './featureTree';
import { FeatureTree, type TreeElement } from './featureTreeView';
import { createGathered } from './gather';
import { LiveSettings } from './liveSettings';
import { Notices } from './notices';
import { PackageNotices } from './packageNotices';
import { registerCommands } from './registerCommands';
import { StatusBar } from './statusBar';
import { Workspaces } from './workspaces';

/** Views of the editor's own are redrawn at most this often. */
const redrawMs = 100;

/** What `deactivate` has to wait for; VS Code hands it nothing. */
let closing: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const { subscriptions, extensionUri, secrets, workspaceState } = context;
  const mayAsk = context.languageModelAccessInformation;
  const distUri = vscode.Uri.joinPath(extensionUri, 'dist');
  const log = vscode.window.createOutputChannel('Parallel Agents', { log: true });

  const workspaces = new Workspaces(async (root, elsewhere) => {
    // Loaded with the first join: engine and database are most of the program.
    const [{ joinWorkspace }, { readSettings }] = await Promise.all([
      import('../host/joinWorkspace'),
      import('./editorSettings'),
    ]);
    const joined = await joinWorkspace({
      root,
      face: 'vscode',
      distDir: distUri.fsPath,
      goOn: true, // a run that was open when the window closed needs no click to go on
      elsewhere,
      machine: () => readSettings().machine,
      log: (line) => log.info(line),
      onWait: (what) => void vscode.window.showInformationMessage(`Parallel Agents: ${what}`),
    });
    if (joined.kind === 'session') {
      const { showInformationMessage, showWarningMessage } = vscode.window;
      const show = elsewhere === 'ask' ? showWarningMessage : showInformationMessage;
      for (const line of joined.told) void show(`Parallel Agents: ${line}`);
      // A run that goes on without a click may be on models of this editor.
      const { session } = joined;
      if (hasOpenRun(session.snapshot)) {
        const { offerAgain } = await import('./editorModels');
        offerAgain(session, mayAsk, readSettings().machine).catch((error: unknown) =>
          log.warn(String(error)),
        );
      }
    }
    return joined;
  }, workspaceState);
  closing = () => workspaces.dispose();

  const apiKeys = new ApiKeys(secrets, process.env);
  const liveSettings = new LiveSettings(workspaces, apiKeys);
  const dashboard = new Dashboard({
    workspaces,
    distUri,
    iconUri: vscode.Uri.joinPath(extensionUri, 'media', 'icon.png'),
    surroundings: async () => (await import('./surroundings')).surroundingsOf(workspaces, apiKeys),
    setAgents: async (maxAgents) => {
      const { writeMaxAgents } = await import('./editorSettings');
      await writeMaxAgents(maxAgents, workspaces.shown?.folder.uri);
    },
  });

  const tree = new FeatureTree();
  const view = vscode.window.createTreeView<TreeElement>(viewIds.features, { treeDataProvider: tree });
  const item = vscode.window.createStatusBarItem('parallelAgents.agents', vscode.StatusBarAlignment.Left);
  item.name = 'Parallel Agents';
  item.command = commandIds.openDashboard;
  const statusBar = new StatusBar(item);
  const keys = new ContextKeys((key, value) => void vscode.commands.executeCommand('setContext', key, value));
  const notices = new Notices(vscode.window, (id) => void vscode.commands.executeCommand(id));

  const redraw = createGathered(redrawMs, () => {
    const { snapshot, shown, all } = workspaces;
    const trouble = shown?.trouble;
    statusBar.show(snapshot, trouble);
    dashboard.tell(trouble);
    tree.show(snapshot, treeSteps(trouble));
    const several = all.length > 1;
    keys.show(contextValues(snapshot, shown?.phase ?? 'none', several));
    view.description = several ? shown?.folder.name : undefined;
    const unconfirmed = unconfirmedCount(snapshot);
    view.badge =
      unconfirmed === 0 ? undefined : { value: unconfirmed, tooltip: `${unconfirmed} to be checked by you` };
    view.message = treeMessage({
      run: snapshot.run,
      breakers: openBreakers(snapshot),
      features: Object.keys(snapshot.features).length,
      problems: shown?.problems ?? 0,
      madeElsewhere: shown?.phase === 'elsewhere',
      trouble,
    });
  });

  const changes = new ChangesDocuments(workspaces);
  const commandDeps: CommandDeps = {
    workspaces,
    apiKeys,
    mayAsk,
    openDashboard: () => dashboard.open(),
    showChanges: (workspace, featureId) => changes.show(workspace, featureId),
    showMore: (argument) => tree.showMore(argument),
    log: (line) => log.error(line),
  };
  subscriptions.push(
    log,
    liveSettings,
    tree,
    view,
    item,
    redraw,
    changes,
    new ClaimDecorations(workspaces),
    vscode.window.registerWebviewPanelSerializer(dashboardViewType, dashboard),
    view.onDidChangeVisibility(({ visible }) => visible && void workspaces.look()),
    workspaces.onDidChange(() => redraw.ask()),
    workspaces.onDidHappen((change) => notices.take(change)),
    new PackageNotices(
      workspaces,
      vscode.window,
      async () => (await import('./editorSettings')).readSettings().machine.workspaceSetUp,
      (cwd, commands) => {
        const terminal = vscode.window.createTerminal({ name: 'Parallel Agents: Install', cwd });
        for (const command of commands) terminal.sendText(command);
        terminal.show(true);
      },
    ),
    new ElsewhereQuestion(workspaces, vscode.window, async (workspace, answer) => {
      const { decideElsewhere } = await import('./commands');
      await decideElsewhere(commandDeps, workspace, answer);
    }),
    workspaces.onDidChangeAny(({ root, trouble }) => notices.tell(root, trouble)),
    liveSettings.onDidChange(() => dashboard.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => dashboard.refresh()),
    ...registerCommands(commandDeps),
  );
  if (view.visible) void workspaces.look();
  void workspaces.resume(databaseFile);
}

/** VS Code gives it five seconds; what is not through by then is left to the next host, as after a crash. */
const closeMs = 4_500;

export async function deactivate(): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([closing?.(), late]);
  clearTimeout(timer);
  closing = undefined;
}
