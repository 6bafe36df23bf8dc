// What the page says when there is nothing to show: why, and the next step.
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText } from './element';
import type { PageContent } from './store';
import { createButton, createProgressRing } from './ui';

export interface EmptyText {
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  readonly action?: { readonly label: string; readonly message: FromWebview };
}

/** Undefined where there is a backlog to show. */
function emptyText({ isLoaded, snapshot, surroundings }: PageContent): EmptyText | undefined {
  if (!isLoaded) return { icon: 'loading', title: 'Opening', text: 'Reading the backlog of this workspace.' };
  const openBacklog = { label: 'Open Backlog', message: { type: 'openBacklog' } } as const;
  if (!surroundings.trusted) {
    return {
      icon: 'shield',
      title: 'This folder is not trusted yet',
      text: 'Agents write files and run commands, so they work only in a folder that you trust. Run “Workspaces: Manage Workspace Trust” from the Command Palette.',
    };
  }
  if (surroundings.trouble !== undefined && surroundings.backlog === 'none') {
    return { icon: 'debug-disconnect', title: 'No host for this folder', text: surroundings.trouble };
  }
  if (surroundings.backlog === 'bad') {
    return {
      icon: 'warning',
      title: 'The backlog has problems',
      text: 'Each problem is marked in features.json and listed in the Problems panel, with the way to mend it.',
      action: openBacklog,
    };
  }
  if (surroundings.backlog === 'none') {
    return {
      icon: 'checklist',
      title: 'No backlog yet',
      text: 'Agents build what features.json lists at the top of this workspace. A sample of four small features shows how; it runs without an API key.',
      action: { label: 'Create Sample Backlog', message: { type: 'createBacklog' } },
    };
  }
  if (Object.keys(snapshot.features).length > 0) return undefined;
  return {
    icon: 'checklist',
    title: 'The backlog is empty',
    text: 'Add a feature to features.json: a name is all it needs.',
    action: openBacklog,
  };
}

export function createEmptyState(post: (message: FromWebview) => void): Part {
  const node = element('section', { class: 'empty-state', attributes: { 'aria-live': 'polite' } });
  let shown = '';
  return {
    node,
    update(content) {
      const empty = emptyText(content);
      node.hidden = empty === undefined;
      node.classList.toggle('beside', Object.keys(content.snapshot.features).length > 0);
      const said = empty && `${empty.title}\n${empty.text}`;
      if (empty === undefined || said === undefined || said === shown) return;
      shown = said;
      const heading = element('h2');
      setText(heading, empty.title);
      const picture = empty.icon === 'loading' ? createProgressRing(empty.title) : icon(empty.icon);
      const body = element('div', {}, [heading, element('p', { text: empty.text })]);
      if (empty.action) {
        const { label, message } = empty.action;
        body.append(createButton({ label, kind: 'primary', onClick: () => post(message) }).node);
      }
      node.replaceChildren(picture, body);
    },
  };
}
