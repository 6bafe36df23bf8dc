// What happened, newest last, in the words of the command line; read out politely as it comes.
import type { Part } from './controls';
import { element } from './element';
import { formatTime } from './figures';
import type { FeedLine } from './store';

export function createEventFeed(): Part {
  const list = element('ol');
  const frame = element(
    'div',
    {
      class: 'feed',
      attributes: { role: 'log', 'aria-live': 'polite', 'aria-label': 'Events', tabindex: '0' },
    },
    [list],
  );
  const node = element('section', { attributes: { 'aria-labelledby': 'events-heading' } }, [
    element('h2', { text: 'Events', attributes: { id: 'events-heading' } }),
    frame,
  ]);
  let shown: readonly FeedLine[] = [];
  return {
    node,
    update({ feed }) {
      node.hidden = feed.length === 0;
      if (feed === shown) return;
      const isAtEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 24;
      const kept = overlap(shown, feed);
      if (kept === 0) list.replaceChildren();
      else for (let gone = shown.length - kept; gone > 0; gone--) list.firstElementChild?.remove();
      list.append(...feed.slice(kept).map(createLine));
      shown = feed;
      if (isAtEnd) frame.scrollTop = frame.scrollHeight;
    },
  };
}

/** How many lines at the end of `shown` are the first of `feed`: those stay as they are. */
function overlap(shown: readonly FeedLine[], feed: readonly FeedLine[]): number {
  const [first] = feed;
  const start = first === undefined ? -1 : shown.indexOf(first);
  if (start < 0) return 0;
  const kept = shown.length - start;
  const isSame = kept <= feed.length && shown.slice(start).every((line, at) => line === feed[at]);
  return isSame ? kept : 0;
}

function createLine({ at, text }: FeedLine): HTMLElement {
  const time = element('time', { text: formatTime(at) });
  return element('li', {}, [time, element('span', { text })]);
}
