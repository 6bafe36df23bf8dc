// Features that could be built now but for a file or resource that someone has: which, and who.
import { oneLine } from '../../src/core/events/describe';
import type { FeatureId } from '../../src/core/shared/ids';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText } from './element';

/** The rest is counted; the graph tells each of them, too. */
const mostListed = 8;

export function createFileWaitList(post: (message: FromWebview) => void): Part {
  const list = element('ul', { class: 'file-waits' });
  const more = element('p', { class: 'note' });
  const heading = element('h2', {
    text: 'Waiting for files and resources',
    attributes: { id: 'file-waits-heading' },
  });
  const node = element('section', { attributes: { 'aria-labelledby': 'file-waits-heading' } }, [
    heading,
    list,
    more,
  ]);
  const rows = new Map<FeatureId, Row>();
  return {
    node,
    update({ snapshot, fileWaits }) {
      node.hidden = fileWaits.size === 0;
      const listed = [...fileWaits].slice(0, mostListed);
      const ids = new Set(listed.map(([id]) => id));
      for (const [id, row] of rows) {
        if (ids.has(id)) continue;
        row.node.remove();
        rows.delete(id);
      }
      listed.forEach(([id, why], at) => {
        const row = rows.get(id) ?? createRow(id, post);
        rows.set(id, row);
        if (list.children[at] !== row.node) list.insertBefore(row.node, list.children[at] ?? null);
        row.update(oneLine(snapshot.features[id]?.spec.name ?? ''), why);
      });
      setText(more, `and ${fileWaits.size - listed.length} more`);
      more.hidden = fileWaits.size <= listed.length;
    },
  };
}

interface Row {
  readonly node: HTMLElement;
  update(name: string, why: string): void;
}

function createRow(featureId: FeatureId, post: (message: FromWebview) => void): Row {
  const link = element('button', {
    class: 'feature-link',
    attributes: { type: 'button', title: `Show feature ${featureId} in the backlog` },
  });
  link.addEventListener('click', () => post({ type: 'openFeature', featureId }));
  const reason = element('span', { class: 'why' });
  return {
    node: element('li', {}, [icon('lock'), link, reason]),
    update(name, why) {
      setText(link, name);
      setText(reason, why);
    },
  };
}
