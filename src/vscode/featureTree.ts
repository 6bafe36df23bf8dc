// What the sidebar says of each feature, and above them all, as functions of the snapshot.

import { type LinkText, troubleLine } from '../client/link';
import type { openBreakers } from '../core/events/accounts';
import { describeBreaker, describeSkip, oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import type { CheckProof, Evidence, Feature } from '../core/features/feature';
import { stageOf } from '../core/features/featureMachine';
import { describePassedOver, fileWaiter } from '../core/scheduler/waitingForFiles';
import type { FeatureId } from '../core/shared/ids';
import { excerptOf } from '../core/shared/longText';
import { type CommandId, commandIds } from './contributions';
import { type GroupKey, groupOf, type Look, lookOf } from './featureGroups';

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

/** What a ready feature that is passed over waits for, in words: its files or resources are busy. */
export type FileWait = (feature: Feature) => string | undefined;

export function fileWaitIn({ locks }: Pick<Snapshot, 'locks'>): FileWait {
  const waitOf = fileWaiter(locks);
  return (feature) => {
    const passed = waitOf(feature);
    return passed && describePassedOver(passed);
  };
}

/** One feature's line; undefined when the backlog no longer has it. @param waitOf worth making once for all */
export function featureNode(
  snapshot: Snapshot,
  id: FeatureId,
  waitOf: FileWait = fileWaitIn(snapshot),
): FeatureNode | undefined {
  const feature = snapshot.features[id];
  if (!feature) return undefined;
  const stage = stageOf(feature.state);
  const group = groupOf(stage);
  const label = oneLine(feature.spec.name);
  const told = oneLine(describeState(feature, snapshot));
  const wait = waitOf(feature);
  const description = oneLine(wait ?? told);
  return {
    kind: 'feature',
    id,
    label,
    description,
    tooltip: tooltipOf(feature, description, wait === undefined ? '' : told),
    look: wait !== undefined ? { icon: 'lock' } : stage === 'verifying' ? verifyingLook : lookOf(group),
    group,
  };
}

export interface TreeFacts {
  readonly run: Snapshot['run'];
  readonly breakers: ReturnType<typeof openBreakers>;
  readonly features: number;
  readonly problems: number;
  /** By another user, on another machine or in another folder: only looked at. */
  readonly madeElsewhere: boolean;
  /** What keeps us from the host. */
  readonly trouble?: LinkText | undefined;
}

/** The line above the tree, or undefined for none; without features the welcome text speaks instead. */
export function treeMessage(facts: TreeFacts): string | undefined {
  const { run, breakers, features, problems, madeElsewhere, trouble } = facts;
  if (trouble) return troubleLine(trouble);
  if (features === 0) return undefined;
  if (madeElsewhere)
    return 'Made elsewhere, only shown. Start, or the menu of this view: Start Over, or Go On with My Settings.';
  if (problems > 0) {
    const count = problems === 1 ? 'a problem' : `${problems} problems`;
    return `The backlog has ${count}; this is how it stood before. See the Problems panel.`;
  }
  if (run === null) return 'Ready. Start agents with the play button above.';
  if (run.status === 'paused') return 'Paused: agents at work finish, no new features are started.';
  if (run.status === 'stopping') return 'Stopping: unfinished work is given up.';
  if (run.status === 'running' && breakers.length > 0) return breakers.map(describeBreaker).join(' ');
  return undefined;
}

/** What can be done from the sidebar about what keeps us from the host; a line each, above the features. */
export interface TreeStep {
  readonly command: CommandId;
  readonly label: string;
  readonly icon: string;
}

/** VS Code shows no welcome text, and so none of its buttons, below a line that tells of trouble. */
export function treeSteps(trouble: LinkText | undefined): readonly TreeStep[] {
  if (!trouble || trouble.goesOn) return [];
  return [
    ...(trouble.canStartOver ? [startOver] : []),
    ...(trouble.owner ? [endOwner] : []),
    { command: commandIds.tryAgain, label: 'Try Again', icon: 'refresh' },
  ];
}

const startOver: TreeStep = { command: commandIds.startOver, label: 'Start Over', icon: 'archive' };
const endOwner: TreeStep = {
  command: commandIds.endOwner,
  label: 'End That Process',
  icon: 'debug-disconnect',
};

/** How many features wait for the user's approval or no. */
export function unconfirmedCount({ features }: Snapshot): number {
  return Object.values(features).filter(({ state }) => stageOf(state) === 'unconfirmed').length;
}

const verifyingLook: Look = { icon: 'beaker', color: 'charts.blue' };

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
  if (spec.resources) lines.push(`Resources: ${oneLine(spec.resources.join(', '))}`);
  const check = state.status === 'passing' ? checkOf(state.evidence) : undefined;
  if (check) lines.push(`Proved by: ${oneLine(check.command)}`);
  if (excerptOf(spec.description).trim() !== '') lines.push('', oneLine(spec.description));
  return lines.join('\n');
}

function checkOf(evidence: Evidence): CheckProof | undefined {
  return evidence.kind === 'check' ? evidence : evidence.check;
}
