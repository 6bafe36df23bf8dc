// What the user can ask for: every command, each a few lines that ask the shown folder's host and tell its refusals.
import * as vscode from 'vscode';
import type { Session } from '../client/session';
import { openBreakers } from '../core/events/accounts';
import { failedIn, hasOpenRun } from '../core/events/snapshot';
import { chooseModel } from '../core/models/modelAccess';
import { ofClients, type ProviderId, type Providers } from '../core/models/providers';
import { modelsMeant } from '../core/routing/routeModel';
import { describeLeftOut, type LeftOut } from '../core/settings/machineSettings';
import { settingsSection } from '../core/settings/setting';
import { ok, type Result } from '../core/shared/result';
import { type AgentQuestion, agentChoices } from './agentChoices';
import { createSampleBacklog, openBacklog } from './backlogFiles';
import { cleanUpCopies } from './cleanUpCopies';
import { type CommandDeps, type Commands, showFailure } from './commandDeps';
import { commandIds, offlineScriptFile } from './contributions';
import { readSettings, writeMaxAgents } from './editorSettings';
import { type Answer, askElsewhere } from './elsewhereQuestion';
import { featureOf } from './featureArgument';
import { modelsNamed, whyNoModel } from './modelChoice';
import { setApiKey } from './setApiKey';
import type { WorkspaceSession } from './workspaceSession';
import type { Workspaces } from './workspaces';

/** What each command does; what it rejects with is not shown yet. */
export function commandsOf(deps: CommandDeps): Commands {
  return {
    [commandIds.start]: (asked) => start(deps, asked),
    [commandIds.pause]: () => ask(deps, (session) => session.ask.pauseRun()),
    [commandIds.resume]: () => ask(deps, (session) => session.ask.resumeRun()),
    [commandIds.stop]: () => ask(deps, (session) => session.ask.stopRun()),
    [commandIds.retryFeature]: async (argument) => {
      const id = await featureOf(argument, deps.workspaces.snapshot, 'failed', 'Retry Feature');
      if (id !== undefined) await ask(deps, (session) => session.ask.retry({ featureId: id }));
    },
    [commandIds.retryAll]: () =>
      ask(deps, async (session) => {
        for (const { id } of failedIn(session.snapshot)) {
          const answer = await session.ask.retry({ featureId: id });
          if (!answer.ok) return answer;
        }
        return ok({});
      }),
    [commandIds.showChanges]: async (argument) => {
      const id = await featureOf(argument, deps.workspaces.snapshot, 'unconfirmed', 'Show Changes');
      const { shown } = deps.workspaces;
      if (id !== undefined && shown && (await isTrusted())) tell(await deps.showChanges(shown, id));
    },
    [commandIds.confirmFeature]: async (argument) => {
      const id = await featureOf(argument, deps.workspaces.snapshot, 'unconfirmed', 'Confirm Feature');
      if (id !== undefined) await ask(deps, (session) => session.ask.confirm({ featureId: id }));
    },
    [commandIds.rejectFeature]: (argument) => reject(deps, argument),
    [commandIds.openFeature]: async (argument) => {
      const { shown, snapshot } = deps.workspaces;
      const id = await featureOf(argument, snapshot, 'pending', 'Show in Backlog');
      if (shown && id !== undefined) await openBacklog(shown.folder.uri, snapshot.features[id]?.spec.name);
    },
    [commandIds.showMore]: (argument) => deps.showMore(argument),
    [commandIds.openBacklog]: async () => {
      if (deps.workspaces.shown) await openBacklog(deps.workspaces.shown.folder.uri);
    },
    [commandIds.createSampleBacklog]: async () => {
      const { shown } = deps.workspaces;
      if (!shown || !(await isTrusted())) return;
      await createSampleBacklog(shown.folder.uri);
      await shown.look();
    },
    [commandIds.openDashboard]: () => deps.openDashboard(),
    [commandIds.setApiKey]: (provider) => setApiKey(deps.apiKeys, provider),
    [commandIds.chooseFolder]: async () => {
      const chosen = await chooseFolder(deps.workspaces);
      await chosen?.look();
    },
    [commandIds.tryAgain]: async () => {
      await deps.workspaces.shown?.open();
    },
    [commandIds.startOver]: () => decideShown(deps, 'startOver'),
    [commandIds.goOnHere]: () => decideShown(deps, 'goOn'),
    [commandIds.cleanUpCopies]: () => cleanUpCopies(deps.workspaces.all),
    [commandIds.endOwner]: async () => {
      for (const workspace of deps.workspaces.all) {
        const owner = workspace.trouble?.owner;
        if (owner === undefined) continue;
        const { endOwner } = await import('../client/endOwner');
        await endOwner(owner);
        await workspace.open(); // who followed it takes over; who could not even join does so now
      }
    },
  };
}

/** Does what the user said about records made elsewhere. Never rejects: what goes wrong is shown. */
export async function decideElsewhere(
  deps: CommandDeps,
  workspace: WorkspaceSession,
  answer: Answer,
): Promise<void> {
  try {
    if (!(await isTrusted())) return;
    const { hadOpenRun } = await workspace.decide(answer);
    if (answer === 'goOn' && hadOpenRun)
      await startIn(deps, workspace, readSettings(workspace.folder.uri).run.maxAgents);
  } catch (error) {
    showFailure(deps, 'Records made elsewhere', error);
  }
}

async function decideShown(deps: CommandDeps, answer: Answer): Promise<void> {
  const { shown } = deps.workspaces;
  if (shown) await decideElsewhere(deps, shown, answer);
}

async function start(deps: CommandDeps, asked: unknown): Promise<void> {
  if (!(await isTrusted())) return;
  const workspace = await chooseFolder(deps.workspaces);
  if (!workspace) return;
  if (!(await workspace.hasBacklog())) return offerSample(workspace);
  await startIn(deps, workspace, asked);
}

async function startIn(deps: CommandDeps, workspace: WorkspaceSession, asked: unknown): Promise<void> {
  if (workspace.phase === 'elsewhere') {
    const answer = await askElsewhere(workspace, vscode.window);
    if (answer) await decideElsewhere(deps, workspace, answer);
    return;
  }
  const session = await workspace.open();
  if (session.backlog === 'none') return offerSample(workspace);
  if (session.backlog === 'bad') return showProblems(session);
  const settings = readSettings(workspace.folder.uri);
  const { providers, agents } = settings.machine;
  const access = await deps.apiKeys.read(providers);
  const { model, ...run } = settings.run;
  const hasOfflineScript = await workspace.has(offlineScriptFile);
  const named = modelsNamed(session.snapshot);
  const choice = chooseModel({ model, providers, agents, access, hasOfflineScript, named });
  const why = whyNoModel(choice, settings.machine);
  if (why !== undefined) return offerKey(why, choice.kind === 'noKey' ? choice.provider : undefined);
  const chosen = choice.kind === 'offline' ? 'offline' : model;

  const refused = await offerMeant(
    deps,
    session,
    chosen === undefined ? modelsMeant(run, named) : [chosen],
    providers,
  );
  if (refused !== undefined) return void vscode.window.showWarningMessage(refused);

  const wanted = typeof asked === 'number' && Number.isInteger(asked) && asked >= 1 ? asked : undefined;
  const { agentLimit } = settings;
  const { snapshot } = session;
  const routing = { ...run, ...(chosen === undefined ? {} : { model: chosen }) };
  const question = { snapshot, remembered: run.maxAgents, agentLimit, routing };
  const count = settings.oneAtATime ? 1 : (wanted ?? (await askAgents(question)));
  if (count === undefined) return;
  const maxAgents = Math.min(count, agentLimit);
  if (settings.warnings.length > 0) void vscode.window.showWarningMessage(settings.warnings.join(' '));
  if (!settings.oneAtATime) await writeMaxAgents(maxAgents, workspace.folder.uri);
  if (hasOpenRun(session.snapshot)) {
    const { allowedCommands, variables } = settings.machine;
    tellLeftOut(await session.configure({ maxAgents, allowedCommands, variables }));
    const { run } = session.snapshot;
    if (run?.status === 'paused' || openBreakers(session.snapshot).length > 0)
      tell(await session.ask.resumeRun());
    return;
  }
  const runSettings = { ...routing, maxAgents };
  const { machine } = settings;
  tellLeftOut(
    await session.start({
      settings: runSettings,
      allowedCommands: machine.allowedCommands,
      variables: machine.variables,
      ...(chosen !== 'offline' && access.length > 0 ? { access } : {}),
    }),
  );
}

/** The models that the editor itself has are offered with this click; why they cannot be, for people. */
async function offerMeant(
  { mayAsk }: CommandDeps,
  session: Session,
  meant: readonly string[],
  providers: Providers,
): Promise<string | undefined> {
  const ofEditor = ofClients(meant, providers);
  if (ofEditor.length === 0) return undefined;
  const { offerFromClick } = await import('./editorModels');
  const offered = await offerFromClick(session, ofEditor, mayAsk);
  return offered.ok ? undefined : offered.error.message;
}

async function reject(deps: CommandDeps, argument: unknown): Promise<void> {
  const id = await featureOf(argument, deps.workspaces.snapshot, 'unconfirmed', 'Reject Feature');
  if (id === undefined) return;
  const session = await deps.workspaces.shown?.open();
  if (!session) return;
  tell(await session.ask.reject({ featureId: id }));
}

async function ask(deps: CommandDeps, call: (session: Session) => Promise<Result<object>>): Promise<void> {
  if (!(await isTrusted()) || !deps.workspaces.shown) return;
  tell(await call(await deps.workspaces.shown.open()));
}

function tellLeftOut(answer: Result<{ leftOut: LeftOut }>): void {
  tell(answer);
  const words = answer.ok ? describeLeftOut(answer.value.leftOut) : [];
  if (words.length > 0) void vscode.window.showWarningMessage(words.join(' '));
}

function tell(answer: Result<object>): void {
  if (!answer.ok) void vscode.window.showWarningMessage(answer.error.message);
}

/** The only folder with a backlog, or the one the user picks among several; else the one that is shown. */
async function chooseFolder(workspaces: Workspaces): Promise<WorkspaceSession | undefined> {
  const candidates = await workspaces.withBacklog();
  if (candidates.length < 2) {
    const only = candidates[0] ?? workspaces.shown;
    if (only) workspaces.show(only);
    return only;
  }
  const items = candidates.map((workspace) => ({
    label: workspace.folder.name,
    description: workspace.root,
    workspace,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Which folder holds the backlog?' });
  if (picked) workspaces.show(picked.workspace);
  return picked?.workspace;
}

async function askAgents(question: AgentQuestion): Promise<number | undefined> {
  const { choices, placeholder } = agentChoices(question);
  const quickPick = vscode.window.createQuickPick<(typeof choices)[number]>();
  quickPick.title = 'Start N Agents';
  quickPick.placeholder = placeholder;
  quickPick.items = choices;
  quickPick.activeItems = choices.filter(({ count }) => count === question.remembered);
  return new Promise((resolve) => {
    quickPick.onDidAccept(() => {
      resolve(quickPick.activeItems[0]?.count);
      quickPick.hide();
    });
    quickPick.onDidHide(() => {
      resolve(undefined);
      quickPick.dispose();
    });
    quickPick.show();
  });
}

async function isTrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const action = 'Manage Workspace Trust';
  const why = 'Agents write files and run commands, so they work only in a folder that you trust.';
  if ((await vscode.window.showWarningMessage(why, action)) === action) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return vscode.workspace.isTrusted;
}

async function offerSample({ folder }: WorkspaceSession): Promise<void> {
  const action = 'Create Sample Backlog';
  const why = `There is no features.json in ${folder.name} yet; it lists what the agents are to build.`;
  if ((await vscode.window.showInformationMessage(why, action)) === action) {
    await vscode.commands.executeCommand(commandIds.createSampleBacklog);
  }
}

/** @param provider whose key is wanting; undefined where none would help */
async function offerKey(why: string, provider: ProviderId | undefined): Promise<void> {
  const action = provider === undefined ? 'Open Settings' : 'Set API Key';
  if ((await vscode.window.showErrorMessage(why, action)) !== action) return;
  if (provider !== undefined) await vscode.commands.executeCommand(commandIds.setApiKey, provider);
  else await vscode.commands.executeCommand('workbench.action.openSettings', `${settingsSection}.providers`);
}

async function showProblems({ problems }: Session): Promise<void> {
  const action = 'Show Problems';
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const why = `The backlog has ${count}: ${problems[0]?.message ?? ''}`;
  if ((await vscode.window.showErrorMessage(why, action)) === action) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
}
