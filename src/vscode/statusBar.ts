// The one status-bar item: how many agents work and how much is left, drawn from the snapshot alone.
import type * as vscode from 'vscode';
import { type LinkText, troubleLine } from '../client/link';
import { describeSlow, openBreakers } from '../core/events/accounts';
import { describeBreaker, oneLine } from '../core/events/describe';
import { liveAttempts, type Snapshot } from '../core/events/snapshot';
import { stageOf } from '../core/features/featureMachine';

export interface StatusBarText {
  /** With an icon, or two where an account is in the way of some, in VS Code's `$(name)` form. */
  readonly text: string;
  /** The same as a sentence, for tooltip and screen reader. */
  readonly spoken: string;
  /** One line for each agent at work. */
  readonly agents: readonly string[];
}

/**
 * What the item says, or undefined where there is no backlog and so nothing to say.
 * @param trouble what keeps us from the host: what the snapshot says may be old then
 */
export function statusBarText(snapshot: Snapshot, trouble?: LinkText): StatusBarText | undefined {
  if (trouble) {
    const spoken = `Parallel Agents: ${troubleLine(trouble)}`;
    return { text: '$(debug-disconnect) No host', spoken, agents: [] };
  }
  const counts = countFeatures(snapshot);
  if (counts.total === 0) return undefined;
  const { run } = snapshot;
  if (run !== null && run.status !== 'finished') {
    const most = run.settings.maxAgents;
    const live = liveAttempts(snapshot).length;
    const breakers = run.status === 'running' ? openBreakers(snapshot) : [];
    // Of one account's trouble alone others are not in the way: then it waits only where nobody is at work.
    const waits = breakers.length > 0 && (snapshot.breaker !== null || live === 0);
    const state = waits ? 'waiting' : run.status;
    if (state === 'running' && live === 0 && counts.left === 0)
      return {
        text: '$(sync~spin) Last checks',
        spoken: `Parallel Agents, running: ${summary(counts)}; every check is run once more on all there is now.`,
        agents: [],
      };
    const slow = describeSlow(snapshot, most);
    const why = [...breakers.map(describeBreaker), ...slow].map((words) => ` ${words}`).join('');
    const isHeld = !waits && (breakers.length > 0 || slow.length > 0);
    return {
      text: `${icons[state]} ${live}/${most} · ${counts.left} left${isHeld ? ' $(warning)' : ''}`,
      spoken: `Parallel Agents, ${state}: ${live} of ${most} agents at work, ${features(counts.left)} left${aside(counts)}.${why}`,
      agents: agentLines(snapshot),
    };
  }
  const told = { spoken: `Parallel Agents: ${summary(counts)}.`, agents: [] };
  if (counts.unconfirmed > 0) return { text: `$(question) ${counts.unconfirmed} to check`, ...told };
  if (counts.failed > 0) return { text: `$(warning) ${counts.failed} failed`, ...told };
  if (counts.left > 0) return { text: `$(rocket) ${counts.left} to build`, ...told };
  return { text: `$(check-all) ${counts.passing} passing`, ...told };
}

type Item = Pick<vscode.StatusBarItem, 'text' | 'tooltip' | 'accessibilityInformation' | 'show' | 'hide'>;

/** Shows the text on an item that the caller made and disposes. */
export class StatusBar {
  constructor(private readonly item: Item) {}

  show(snapshot: Snapshot, trouble?: LinkText): void {
    const said = statusBarText(snapshot, trouble);
    if (said === undefined) {
      this.item.hide();
      return;
    }
    this.item.text = said.text;
    this.item.tooltip = [said.spoken, ...said.agents].join('\n');
    this.item.accessibilityInformation = { label: said.spoken, role: 'button' };
    this.item.show();
  }
}

const icons = {
  running: '$(sync~spin)',
  waiting: '$(debug-disconnect)',
  paused: '$(debug-pause)',
  stopping: '$(loading~spin)',
} as const;

interface Counts {
  readonly total: number;
  readonly left: number;
  readonly passing: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unconfirmed: number;
}

/** Counts what the run is about: `only` where it names features, else the whole backlog. */
function countFeatures(snapshot: Snapshot): Counts {
  const counts = { total: 0, left: 0, passing: 0, failed: 0, skipped: 0, unconfirmed: 0 };
  const only = snapshot.run?.settings.only;
  const meant = only === undefined ? undefined : new Set(only);
  for (const { id, state } of Object.values(snapshot.features)) {
    if (meant?.has(id) === false) continue;
    const stage = stageOf(state);
    counts.total++;
    if (stage === 'passing' || stage === 'failed' || stage === 'skipped' || stage === 'unconfirmed')
      counts[stage]++;
    else counts.left++;
  }
  return counts;
}

function agentLines(snapshot: Snapshot): readonly string[] {
  return liveAttempts(snapshot).map(({ slot, featureId }) => {
    const name = oneLine(snapshot.features[featureId]?.spec.name ?? '');
    return `Agent ${slot}: ${name}`;
  });
}

function summary(counts: Counts): string {
  return `${counts.passing} of ${features(counts.total)} passing${counts.left > 0 ? `, ${counts.left} to build` : ''}${aside(counts)}`;
}

function aside({ failed, skipped, unconfirmed }: Counts): string {
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    skipped > 0 ? `${skipped} skipped` : '',
    unconfirmed > 0 ? `${unconfirmed} to be checked by you` : '',
  ];
  return parts.flatMap((part) => (part === '' ? [] : [`, ${part}`])).join('');
}

function features(n: number): string {
  return `${n} ${n === 1 ? 'feature' : 'features'}`;
}
