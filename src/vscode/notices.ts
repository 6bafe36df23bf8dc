// The few things worth a notification: a run that ended, and what went wrong with its next step.
import * as vscode from 'vscode';
import { oneLine } from '../core/events/describe';
import type { Event } from '../core/events/event';
import { commandIds } from './contributions';
import type { WorkspaceChange } from './workspaceSession';

export interface Notice {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly action: { readonly title: string; readonly command: string };
}

/** What `event` is worth telling in a notification, if anything. A run that the user stopped is no news to them. */
export function noticeOf(event: Event): Notice | undefined {
  const openDashboard = { title: 'Open Dashboard', command: commandIds.openDashboard };
  if (event.type === 'run.finished' && event.outcome !== 'stopped') {
    const { passing, total } = event.report;
    return event.outcome === 'complete'
      ? { kind: 'information', text: `All ${total} features are passing.`, action: openDashboard }
      : { kind: 'warning', text: `${passing} of ${total} features are passing.`, action: openDashboard };
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

/** Shows notices; one that still stands is not shown a second time. */
export class Notices {
  private readonly standing = new Set<string>();

  take({ events }: WorkspaceChange): void {
    for (const event of events) {
      const notice = noticeOf(event);
      if (notice && !this.standing.has(notice.text)) void this.show(notice);
    }
  }

  private async show({ kind, text, action }: Notice): Promise<void> {
    const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
    const say = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage }[
      kind
    ];
    this.standing.add(text);
    const answer = await say(`Parallel Agents: ${text}`, action.title);
    this.standing.delete(text);
    if (answer === action.title) await vscode.commands.executeCommand(action.command);
  }
}
