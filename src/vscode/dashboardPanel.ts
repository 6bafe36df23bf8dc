// The dashboard's panel: sends the shown folder's snapshot and events while it is visible, and takes intents back.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Event } from '../core/events/event';
import {
  type FromWebview,
  fromWebview,
  type Surroundings,
  snapshotMessages,
  type ToWebview,
} from '../protocol/webviewMessages';
import { commandIds } from './contributions';
import { dashboardHtml } from './dashboardHtml';
import { createGathered } from './gather';
import type { WorkspaceChange } from './workspaceSession';
import type { Workspaces } from './workspaces';

/** Events reach a visible dashboard at most this late, together. */
const gatherMs = 50;

/**
 * How far back the feed of a dashboard reaches that was just shown; many of them have no line of their own. Its chart of
 * the run wants those since the run began, as far as they are quickly sent.
 */
const toldEvents = 500;
const mostToldEvents = 5_000;

export interface DashboardDeps {
  readonly workspaces: Workspaces;
  readonly distUri: vscode.Uri;
  readonly surroundings: () => Promise<Surroundings>;
  readonly setAgents: (maxAgents: number) => Promise<void>;
}

/** One open panel; ends with it. A hidden one gets nothing, one that is shown gets a whole snapshot first. */
export class DashboardPanel {
  private events: Event[] = [];
  /** The page has its snapshot and takes events. */
  private isLive = false;
  /** Rises with every snapshot asked for: of two at once, only the later is sent. */
  private asked = 0;
  /** The pages of a snapshot are on their way; what happens meanwhile is kept for after them. */
  private isPaging = false;
  /** Output by slot while a snapshot is made ready and sent. */
  private outputs: Record<number, string> | undefined;
  private readonly gathered = createGathered(gatherMs, () => this.sendEvents());
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly deps: DashboardDeps,
  ) {
    const { workspaces, distUri } = deps;
    const { webview } = panel;
    const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(distUri, file)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [distUri] };
    this.disposables = [
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.isLive = this.isPaging = false;
        else if (!this.isLive) void this.sendSnapshot();
      }),
      workspaces.onDidChange((change) => this.take(change)),
      workspaces.onDidWrite(({ slot, fence, text }) => {
        if (this.outputs?.[slot] !== undefined) this.outputs[slot] += text;
        else if (this.isLive) this.send({ type: 'output', slot, fence, text });
      }),
      this.gathered,
    ];
    panel.onDidDispose(() => {
      for (const disposable of this.disposables) disposable.dispose();
    });
    webview.html = dashboardHtml({
      scriptUri: uri('webview.js'),
      styleUri: uri('webview.css'),
      iconsUri: uri('codicon.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    });
  }

  /** After a change of a setting, the key or the trust. */
  async sendSurroundings(): Promise<void> {
    const surroundings = await this.deps.surroundings();
    if (this.isLive) this.send({ type: 'surroundings', surroundings });
  }

  private take({ events, reset }: WorkspaceChange): void {
    if (!this.isLive && !this.isPaging) return;
    if (reset) return void this.sendSnapshot();
    this.events.push(...events);
    this.gathered.ask();
  }

  private sendEvents(): void {
    if (!this.isLive || this.events.length === 0) return;
    this.send({ type: 'events', events: this.events });
    this.events = [];
  }

  private async sendSnapshot(): Promise<void> {
    const mine = ++this.asked;
    const { shown } = this.deps.workspaces;
    this.isLive = false;
    this.isPaging = false;
    const session = shown?.phase === 'loaded' ? await shown.open().catch(() => undefined) : undefined;
    const outputs: Record<number, string> = {};
    let told: readonly Event[] = [];
    if (session) {
      this.outputs = outputs;
      for (const { slot } of Object.values(session.snapshot.agents)) {
        outputs[slot] = await session.ask.output({ slot }).then(
          ({ text }) => text,
          () => '',
        );
      }
      const { seq, run } = session.snapshot;
      const wanted = Math.max(toldEvents, run ? seq - run.startedSeq + 1 : 0);
      const count = Math.min(wanted, mostToldEvents);
      told = await session.events(Math.max(0, seq - count), count).catch(() => []);
    }
    const isOver = () => mine !== this.asked || !this.panel.visible;
    if (isOver()) return;
    this.events = [];
    this.isPaging = true;
    const { snapshot } = this.deps.workspaces;
    for (const message of snapshotMessages(snapshot)) {
      await this.panel.webview.postMessage(message); // the next when the page has this one: other messages get between
      if (isOver()) return;
    }
    const surroundings = await this.deps.surroundings();
    if (isOver()) return;
    this.isPaging = false;
    this.isLive = true;
    this.outputs = undefined;
    this.send({ type: 'snapshotEnd', surroundings, outputs });
    // In the snapshot already; the feed tells them, so that it is not empty each time the panel is shown again.
    const before = told.filter(({ seq }) => seq <= snapshot.seq);
    if (before.length > 0) this.send({ type: 'events', events: before });
    this.sendEvents();
  }

  private send(message: ToWebview): void {
    void this.panel.webview.postMessage(message);
  }

  private receive(message: unknown): void {
    const parsed = fromWebview.safeParse(message);
    if (parsed.success) void this.follow(parsed.data); // anything else is not from our page
  }

  private async follow(message: FromWebview): Promise<void> {
    const run = (id: string, argument?: unknown) => vscode.commands.executeCommand(id, argument);
    switch (message.type) {
      case 'ready':
      case 'needSnapshot':
        return this.sendSnapshot();
      case 'start':
        return void (await run(commandIds.start, message.maxAgents));
      case 'setAgents':
        return this.deps.setAgents(message.maxAgents);
      case 'pause':
        return void (await run(commandIds.pause));
      case 'resume':
        return void (await run(commandIds.resume));
      case 'stop':
        return void (await run(commandIds.stop));
      case 'retry':
        return void (await run(commandIds.retryFeature, message.featureId));
      case 'showChanges':
        return void (await run(commandIds.showChanges, message.featureId));
      case 'confirm':
        return void (await run(commandIds.confirmFeature, message.featureId));
      case 'reject':
        return void (await run(commandIds.rejectFeature, message.featureId));
      case 'openFeature':
        return void (await run(commandIds.openFeature, message.featureId));
      case 'openFile':
        return this.openFile(message.path);
      case 'openBacklog':
        return void (await run(commandIds.openBacklog));
      case 'createBacklog':
        return void (await run(commandIds.createSampleBacklog));
      default:
        return message satisfies never;
    }
  }

  /** Only files of the shown folder, whatever the page asks for. */
  private async openFile(path: string): Promise<void> {
    const { shown } = this.deps.workspaces;
    if (!shown) return;
    const uri = vscode.Uri.joinPath(shown.folder.uri, path);
    if (shown.pathOf(uri) === undefined) return;
    await vscode.window.showTextDocument(uri).then(undefined, () => undefined); // deleted meanwhile
  }
}
