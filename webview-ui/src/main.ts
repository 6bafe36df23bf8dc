// The entry of the dashboard's page: one content, parts that draw from it, and a redraw at most once a frame.
import { createAgentCards } from './agentCards';
import { openBridge } from './bridge';
import { createControls } from './controls';
import { createEmptyState } from './emptyState';
import { createEventFeed } from './eventFeed';
import { createFileWaitList } from './fileWaitList';
import { createGraphView } from './graphView';
import { createDecisions, createOverview } from './overview';
import { createRunReport } from './runReportView';
import { emptyContent, take } from './store';
import { defineComponents } from './ui';

defineComponents();
const bridge = openBridge();
const post = bridge.post;
const parts = [
  createControls(post),
  createOverview(),
  createEmptyState(post),
  createDecisions(post),
  createAgentCards({
    isCompact: bridge.kept.isCompact,
    onCompact: (isCompact) => bridge.keep({ isCompact }),
    post,
  }),
  createGraphView(post),
  createFileWaitList(post),
  createRunReport(post),
  createEventFeed(),
];

let content = emptyContent;
let isDrawn = true;
let isAsking = false;

function draw(): void {
  isDrawn = true;
  for (const part of parts) part.update(content);
}

bridge.listen((message) => {
  const taken = take(content, message);
  content = taken.content;
  if (message.type === 'snapshotEnd') isAsking = false;
  if (taken.needsSnapshot && !isAsking) {
    isAsking = true; // once for a gap, however many events come after it
    post({ type: 'needSnapshot' });
  }
  if (!isDrawn || content.arriving) return; // nothing to see before all pages are there
  isDrawn = false;
  requestAnimationFrame(draw);
});

document.getElementById('dashboard')?.append(...parts.map(({ node }) => node));
draw();
post({ type: 'ready' });
