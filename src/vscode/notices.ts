// The few things worth a notification: a run that ended, and what went wrong with its next step.

import { type LinkText, troubleLine } from '../client/link';
import { describeBreaker, oneLine } from '../core/events/describe';
import type { Event } from '../core/events/event';
import { commandIds } from './contributions';
import type { WorkspaceChange } from './workspaceSession';

interface Notice {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly action: { readonly title: string; readonly command: string };
}

/** What `event` is worth telling in a notification, if anything. A run that the user stopped is no news to them. */
function noticeOf(event: Event): Notice | undefined {
  const openDashboard = { title: 'Open Dashboard', command: commandIds.openDashboard };
  if (event.type === 'run.finished' && event.outcome !== 'stopped') {
    const { passing, total } = event.report;
    return event.outcome === 'complete'
      ? { kind: 'information', text: `All ${total} features are passing.`, action: openDashboard }
      : { kind: 'warning', text: `${passing} of ${total} features are passing.`, action: openDashboard };
  }
  if (event.type === 'breaker.opened') {
    const action =
      event.cause === 'key'
        ? { title: 'Set API Key', command: commandIds.setApiKey }
        : { title: 'Try Again', command: commandIds.resume };
    return { kind: 'warning', text: describeBreaker(event), action };
  }
  if (event.type === 'error.occurred') {
    return {
      kind: 'error',
      text: `${oneLine(event.where)}: ${oneLine(event.message)}`,
      action: { title: 'Open Dashboard', command: commandIds.openDashboard },
    };
  }
  return undefined;
}

function troubleNotice(trouble: LinkText): Notice {
  const action = trouble.owner
    ? { title: 'End That Process', command: commandIds.endOwner }
    : trouble.goesOn
      ? { title: 'Open Dashboard', command: commandIds.openDashboard }
      : { title: 'Try Again', command: commandIds.tryAgain };
  return { kind: 'warning', text: troubleLine(trouble), action };
}

/** `vscode.window`, as far as it is asked here. */
interface Window {
  showInformationMessage(text: string, action: string): PromiseLike<string | undefined>;
  showWarningMessage(text: string, action: string): PromiseLike<string | undefined>;
  showErrorMessage(text: string, action: string): PromiseLike<string | undefined>;
}

/** Shows notices; one that still stands is not shown a second time. */
export class Notices {
  private readonly standing = new Set<string>();
  /** By folder, the mend of the trouble that was told. */
  private readonly troubles = new Map<string, string>();

  constructor(
    private readonly window: Window,
    private readonly run: (command: string) => void,
  ) {}

  /** What keeps a folder from its host, or that nothing does any more: told once while it lasts. */
  tell(root: string, trouble: LinkText | undefined): void {
    const before = this.troubles.get(root);
    const mend = trouble && (trouble.mend || trouble.happened);
    if (mend === undefined) this.troubles.delete(root);
    else this.troubles.set(root, mend);
    if (trouble && mend !== before) void this.show(troubleNotice(trouble));
  }

  take({ events }: WorkspaceChange): void {
    for (const event of events) {
      const notice = noticeOf(event);
      if (notice && !this.standing.has(notice.text)) void this.show(notice);
    }
  }

  private async show({ kind, text, action }: Notice): Promise<void> {
    this.standing.add(text);
    const answer = await this.say(kind, `Parallel Agents: ${text}`, action.title);
    this.standing.delete(text);
    if (answer === action.title) this.run(action.command);
  }

  private say(kind: Notice['kind'], text: string, action: string): PromiseLike<string | undefined> {
    if (kind === 'information') return this.window.showInformationMessage(text, action);
    if (kind === 'warning') return this.window.showWarningMessage(text, action);
    return this.window.showErrorMessage(text, action);
  }
}
