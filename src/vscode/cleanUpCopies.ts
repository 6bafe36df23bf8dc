// Clean Up Copies: shows what agents' copies of this user's projects take on disk, and removes those that are chosen.
import * as vscode from 'vscode';
import { hasOpenRun } from '../core/events/snapshot';
import type { FoundCopies } from '../host/keptCopies';
import {
  type CopyChoice,
  copyChoices,
  describeFreed,
  describeKept,
  describeOffer,
  type OfferedCopies,
} from './copyChoices';
import { readSettings } from './editorSettings';
import type { WorkspaceSession } from './workspaceSession';

/** Sizes are looked for so long; what is not known by then is offered without. */
const longestMeasuringMs = 30_000;

interface Offered extends FoundCopies, OfferedCopies {
  /** The folder of this window that has them, with no run at work. */
  readonly own?: WorkspaceSession;
}

/** Ends without a word when the user cancels; what was removed until then is said. */
export async function cleanUpCopies(workspaces: readonly WorkspaceSession[]): Promise<void> {
  const { showInformationMessage, showWarningMessage } = vscode.window;
  const asked = await ask(workspaces);
  if (asked === undefined) return;
  const { chosen, kept } = asked;
  if (chosen === 'none') {
    const nothing = 'There are no copies to clean up.';
    void (kept === '' ? showInformationMessage(nothing) : showWarningMessage(`${nothing} ${kept}`));
    return;
  }
  const { removed, left } = await remove(chosen);
  void showInformationMessage(`${describeFreed(removed, left)} ${kept}`.trimEnd());
}

interface Asked {
  /** `none`: there is nothing that could go. */
  readonly chosen: readonly Offered[] | 'none';
  /** What else there is, in words. */
  readonly kept: string;
}

/** The list is there at once, and filled when all is known. Undefined when the user gave up, meanwhile or then. */
function ask(workspaces: readonly WorkspaceSession[]): Promise<Asked | undefined> {
  const list = vscode.window.createQuickPick<CopyChoice<Offered>>();
  const given = new AbortController();
  list.title = 'Clean Up Copies';
  list.placeholder = 'Looking for copies, and how large they are …';
  list.canSelectMany = true;
  list.ignoreFocusOut = true;
  list.busy = true;
  return new Promise((resolve, reject) => {
    let kept = '';
    const end = (asked: Asked | undefined) => {
      resolve(asked);
      list.hide();
    };
    list.onDidAccept(() => {
      const chosen = list.selectedItems.map(({ copies }) => copies);
      if (!list.busy && chosen.length > 0) end({ chosen, kept });
    });
    list.onDidHide(() => {
      given.abort();
      resolve(undefined);
      list.dispose();
    });
    list.show();
    look(workspaces, given.signal).then(
      (all) => {
        if (given.signal.aborted) return;
        kept = describeKept(all);
        const choices = copyChoices(all);
        if (choices.length === 0) return end({ chosen: 'none', kept });
        list.items = choices;
        list.selectedItems = choices;
        list.placeholder = describeOffer(choices);
        list.busy = false;
      },
      (error: unknown) => {
        reject(error);
        list.hide();
      },
    );
  });
}

async function look(
  workspaces: readonly WorkspaceSession[],
  given: AbortSignal,
): Promise<readonly Offered[]> {
  const { findCopies, sizeOfCopies } = await import('../host/keptCopies');
  const signal = AbortSignal.any([given, AbortSignal.timeout(longestMeasuringMs)]);
  const offered: Offered[] = [];
  for (const copies of await findCopies(readSettings().machine.copiesFolder)) {
    const bytes = await sizeOfCopies(copies, signal);
    offered.push({ ...copies, bytes, ...(copies.isInUse ? userOf(copies, workspaces) : {}) });
    if (given.aborted) break;
  }
  return offered;
}

/** Our own host keeps a folder that nobody works in, too: it can be left for a moment. */
function userOf(
  { root, pid }: FoundCopies,
  workspaces: readonly WorkspaceSession[],
): Pick<Offered, 'usedBy' | 'own'> {
  const own = pid === process.pid ? workspaces.find((each) => each.realRoot === root) : undefined;
  if (!own) return { usedBy: 'elsewhere' };
  return hasOpenRun(own.snapshot) ? { usedBy: 'run' } : { own };
}

function remove(
  chosen: readonly Offered[],
): Thenable<{ readonly removed: readonly Offered[]; readonly left: readonly Offered[] }> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Removing copies',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const { removeCopies } = await import('../host/keptCopies');
    const [removed, left]: [Offered[], Offered[]] = [[], []];
    for (const copies of chosen) {
      if (token.isCancellationRequested) break;
      progress.report({ message: copies.root, increment: 100 / chosen.length });
      const { own } = copies;
      const isRemoved = await removeCopies(copies, own && ((work) => own.apart(work)));
      (isRemoved ? removed : left).push(copies);
    }
    return { removed, left };
  });
}
