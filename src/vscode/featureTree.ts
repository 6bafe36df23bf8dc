// The sidebar's tree as a function of the snapshot: one group for each state, what needs the user first.
import { describeBreaker, describeSkip, oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import type { CheckProof, Evidence, Feature } from '../core/features/feature';
import { type Stage, stageOf } from '../core/features/featureMachine';
import { describePassedOver, waitingForFiles } from '../core/scheduler/waitingForFiles';
import type { FeatureId } from '../core/shared/ids';
import { excerptOf } from '../core/shared/longText';
import type { LinkWords } from '../host/link';

/** A group's name in ids and in `when` clauses. */
export type GroupKey = 'unconfirmed' | 'working' | 'failed' | 'pending' | 'waiting' | 'passing' | 'skipped';

export interface GroupNode {
  readonly kind: 'group';
  readonly key: GroupKey;
  readonly label: string;
  readonly look: Look;
  /** Open when first shown; what is finished or blocked stays folded. */
  readonly open: boolean;
  /** Most urgent first. */
  readonly features: readonly FeatureId[];
}

export interface FeatureNode {
  readonly kind: 'feature';
  readonly id: FeatureId;
  readonly label: string;
  /** In a fainter colour beside the label: who, why, or what it waits for. */
  readonly description: string;
  /** Plain text: what agents and backlogs say is never read as markup. */
  readonly tooltip: string;
  readonly look: Look;
  readonly group: GroupKey;
}

/** A codicon and the theme colour it is drawn in; the icon alone tells the state, too. */
export interface Look {
  readonly icon: string;
  readonly color?: string;
}

/** The groups that have features in them, in the order they are shown. */
export function treeOf(snapshot: Snapshot): readonly GroupNode[] {
  const members = new Map<GroupKey, Feature[]>();
  for (const feature of Object.values(snapshot.features)) {
    const key = groupOf(stageOf(feature.state));
    const list = members.get(key);
    if (list) list.push(feature);
    else members.set(key, [feature]);
  }
  return groups.flatMap(({ key, label, look, open }) => {
    const list = members.get(key);
    if (!list) return [];
    const features = list
      .sort((a, b) => a.spec.priority - b.spec.priority || a.id - b.id)
      .map(({ id }) => id);
    return [{ kind: 'group', key, label, look, open, features }];
  });
}

/** What each ready feature that is passed over waits for: its files are busy. */
export type FileWaits = ReadonlyMap<FeatureId, string>;

export function fileWaitsOf(snapshot: Snapshot): FileWaits {
  return new Map([...waitingForFiles(snapshot)].map(([id, passed]) => [id, describePassedOver(passed)]));
}

/** One feature's line; undefined when the backlog no longer has it. @param waits dear to make, so made once for all */
export function featureNode(
  snapshot: Snapshot,
  id: FeatureId,
  waits: FileWaits = fileWaitsOf(snapshot),
): FeatureNode | undefined {
  const feature = snapshot.features[id];
  if (!feature) return undefined;
  const stage = stageOf(feature.state);
  const group = groupOf(stage);
  const label = oneLine(feature.spec.name);
  const told = oneLine(describeState(feature, snapshot));
  const description = oneLine(waits.get(id) ?? told);
  return {
    kind: 'feature',
    id,
    label,
    description,
    tooltip: tooltipOf(feature, description, waits.has(id) ? told : ''),
    look: waits.has(id) ? { icon: 'lock' } : stage === 'verifying' ? verifyingLook : lookOf(group),
    group,
  };
}

export interface TreeFacts {
  readonly run: Snapshot['run'];
  readonly breaker: Snapshot['breaker'];
  readonly features: number;
  readonly problems: number;
  /** By another user, on another machine or in another folder: only looked at. */
  readonly madeElsewhere: boolean;
  /** What keeps us from the host. */
  readonly trouble?: LinkWords | undefined;
}

/** The line above the tree, or undefined for none; without features the welcome text speaks instead. */
export function treeMessage(facts: TreeFacts): string | undefined {
  const { run, breaker, features, problems, madeElsewhere, trouble } = facts;
  if (trouble) return oneLine(`${trouble.happened} ${trouble.mend}`);
  if (features === 0) return undefined;
  if (madeElsewhere)
    return 'Made elsewhere, only shown. Start, or the menu of this view: Start Over, or Go On with My Settings.';
  if (problems > 0) {
    const count = problems === 1 ? 'a problem' : `${problems} problems`;
    return `The backlog has ${count}; this is how it stood before. See the Problems panel.`;
  }
  if (run === null) return 'Ready. Start agents with the play button above.';
  if (run.status === 'paused') return 'Paused: agents at work finish, no new features are started.';
  if (run.status === 'stopping') return 'Stopping: unfinished work is being undone.';
  if (run.status === 'running' && breaker) return describeBreaker(breaker);
  return undefined;
}

/** How many features wait for the user's yes or no. */
export function unconfirmedCount({ features }: Snapshot): number {
  return Object.values(features).filter(({ state }) => stageOf(state) === 'unconfirmed').length;
}

const groups: readonly Omit<GroupNode, 'kind' | 'features'>[] = [
  {
    key: 'unconfirmed',
    label: 'Needs your check',
    look: { icon: 'question', color: 'charts.yellow' },
    open: true,
  },
  { key: 'working', label: 'Working', look: { icon: 'sync', color: 'charts.blue' }, open: true },
  { key: 'failed', label: 'Failed', look: { icon: 'error', color: 'charts.red' }, open: true },
  { key: 'pending', label: 'Pending', look: { icon: 'circle-large-outline' }, open: true },
  { key: 'waiting', label: 'Waiting', look: { icon: 'clock' }, open: true },
  { key: 'passing', label: 'Passing', look: { icon: 'pass', color: 'charts.green' }, open: false },
  { key: 'skipped', label: 'Skipped', look: { icon: 'circle-slash' }, open: false },
];

const verifyingLook: Look = { icon: 'beaker', color: 'charts.blue' };

function groupOf(stage: Stage): GroupKey {
  return stage === 'verifying' ? 'working' : stage;
}

function lookOf(key: GroupKey): Look {
  return groups.find((group) => group.key === key)?.look ?? { icon: 'circle-large-outline' };
}

function describeState({ state, failures, lastFailure }: Feature, snapshot: Snapshot): string {
  switch (state.status) {
    case 'claimed': {
      if (state.phase === 'unconfirmed') return excerptOf(state.why);
      const agent = snapshot.agents[state.claim.slot];
      const step = agent?.fence === state.claim.fence && agent.step !== '' ? ` · ${agent.step}` : '';
      return `Agent ${state.claim.slot}${state.phase === 'verifying' ? ' · verifying' : step}`;
    }
    case 'waiting': {
      const names = state.missing.map((id) => snapshot.features[id]?.spec.name ?? `feature ${id}`);
      return `waits for ${names.join(', ')}`;
    }
    case 'failed':
      return excerptOf(state.reason);
    case 'skipped':
      return describeSkip(state.because);
    case 'pending':
      return failures > 0 ? `${failures} failed: ${excerptOf(lastFailure ?? '')}` : '';
    case 'passing':
      return state.evidence.kind === 'user' ? 'confirmed by you' : '';
    default:
      return state satisfies never;
  }
}

function tooltipOf({ id, spec, state }: Feature, description: string, aside: string): string {
  const lines = [
    `Feature ${id}: ${oneLine(spec.name)}`,
    `${state.status}${description === '' ? '' : ` (${description})`}`,
    ...(aside === '' ? [] : [aside]),
    `Category ${oneLine(spec.category)}, priority ${spec.priority}`,
  ];
  if (spec.dependsOn.length > 0) lines.push(`Depends on: ${oneLine(spec.dependsOn.join(', '))}`);
  if (spec.files.length > 0) lines.push(`Files: ${oneLine(spec.files.join(', '))}`);
  const check = state.status === 'passing' ? checkOf(state.evidence) : undefined;
  if (check) lines.push(`Proved by: ${oneLine(check.command)}`);
  if (excerptOf(spec.description).trim() !== '') lines.push('', oneLine(spec.description));
  return lines.join('\n');
}

function checkOf(evidence: Evidence): CheckProof | undefined {
  return evidence.kind === 'check' ? evidence : evidence.check;
}
