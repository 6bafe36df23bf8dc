// The one reducer: brings the picture of a workspace from event to event.
import type { Feature } from '../features/feature';
import { newFeature } from '../features/feature';
import type { FeatureChange } from '../features/featureChange';
import { canRemove, type Transition, transition } from '../features/featureMachine';
import { projectBreaker } from '../guardrails/breaker';
import { describeBlockers } from '../locks/describeBlockers';
import { type LockScope, lockName } from '../locks/lockScope';
import { grant, type LockTable, queue, release } from '../locks/lockTable';
import type { FeatureId } from '../shared/ids';
import { excerptOf } from '../shared/longText';
import { type Moment, msBetween } from '../shared/moment';
import { assertNever } from '../shared/result';
import { afterBreakerEvent, afterSlowness, withoutBreakers, withoutSlowness } from './accounts';
import type { AgentEvent, Attempt, Event, LockEvent, RunEvent } from './event';
import { type History, learn } from './history';
import type { Agent, Snapshot } from './snapshot';

/** The snapshot after `event`. An event that the state machine would refuse was never stored, so that is a bug. */
export function project(snapshot: Snapshot, event: Event): Snapshot {
  return projectAll(snapshot, [event]);
}

/** Hears of an event with the snapshot after it, which goes on changing and must not be kept. */
type Told = (event: Event, after: Snapshot) => void;

/** The snapshot after `events`, copying each record once however many they are. */
export function projectAll(snapshot: Snapshot, events: readonly Event[], told?: Told): Snapshot {
  if (events.length === 0) return snapshot;
  const draft: Draft = { ...snapshot };
  for (const event of events) {
    apply(draft, event, snapshot);
    draft.seq = event.seq;
    draft.elapsedMs = event.elapsedMs ?? draft.elapsedMs;
    told?.(event, draft);
  }
  return draft;
}

/** What changes the table of locks. */
type TableEvent = Exclude<LockEvent, { type: 'lock.conflicted' }>;

type Draft = { -readonly [K in keyof Snapshot]: Snapshot[K] };

function apply(draft: Draft, event: Event, base: Snapshot): void {
  switch (event.type) {
    case 'feature.added':
      if (draft.features[event.featureId]) assertNever(event as never);
      setFeature(draft, base, newFeature(event.featureId, event.spec));
      draft.lastFeatureId = Math.max(draft.lastFeatureId, event.featureId);
      return;
    case 'feature.removed': {
      const gone = draft.features[event.featureId];
      if (!gone || !canRemove(gone.state)) assertNever(event as never);
      removeFeature(draft, base, event.featureId);
      return;
    }
    case 'feature.edited':
    case 'feature.held':
    case 'feature.freed':
    case 'feature.claimed':
    case 'feature.submitted':
    case 'feature.returned':
    case 'feature.unconfirmed':
    case 'feature.passed':
    case 'feature.failed':
    case 'feature.retried':
    case 'feature.yielded':
    case 'feature.skipped':
    case 'feature.unskipped':
    case 'feature.regressed':
      changeFeature(draft, event, base);
      return;
    case 'agent.started':
    case 'agent.progress':
    case 'agent.ended':
    case 'tool.used':
    case 'model.called':
    case 'limit.reached':
      changeAgent(draft, event);
      return;
    case 'lock.granted':
    case 'lock.waiting':
    case 'lock.released':
      draft.locks = changeLocks(draft.locks, event);
      showWait(draft, event);
      return;
    case 'run.started':
    case 'run.configured':
    case 'run.paused':
    case 'run.resumed':
    case 'run.finished':
      changeRun(draft, event);
      return;
    case 'verify.started':
      patchAgent(draft, event, { status: 'verifying', step: checkStep(event) });
      return;
    case 'throttle.changed':
      if (event.account !== undefined) {
        const { untilAt, atOnce = null } = event;
        const slow = atOnce === null ? null : { untilAt, atOnce };
        draft.accounts = afterSlowness(draft.accounts, event.account, slow);
      }
      return;
    case 'breaker.opened':
    case 'breaker.rescheduled':
    case 'breaker.closed':
      if (event.account === undefined)
        draft.breaker = projectBreaker(draft.breaker, event, event.at, draft.lastFence);
      else draft.accounts = afterBreakerEvent(draft.accounts, event.account, event, draft.lastFence);
      return;
    case 'owner.changed':
      draft.accounts = withoutSlowness(draft.accounts);
      draft.owner = { epoch: event.epoch, process: event.process, face: event.face };
      return;
    case 'verify.finished':
    case 'verify.awaited':
    case 'lock.conflicted':
    case 'copy.incomplete':
    case 'agent.prompted':
    case 'artifact.stored':
    case 'file.changed':
    case 'file.published':
    case 'file.conflicted':
    case 'file.denied':
    case 'recovery.done':
    case 'error.occurred':
      return;
    default:
      event satisfies never;
  }
}

function changeFeature(
  draft: Draft,
  event: Event & FeatureChange & { type: Transition },
  base: Snapshot,
): void {
  const feature = draft.features[event.featureId];
  const next = feature && transition(feature, event, event);
  // Never stored if the machine refuses it: whoever appended it did not ask first.
  if (!next?.ok) assertNever(event as never);
  if (event.type === 'feature.passed' && feature) draft.experience = afterPass(draft, feature, event);
  setFeature(draft, base, next.value);
  if (event.type === 'feature.claimed') {
    draft.lastFence = Math.max(draft.lastFence, event.fence);
    const { slot, featureId, attempt, fence, model, modelWhy, expertsWhy } = event;
    const losses = draft.agents[slot]?.losses;
    setAgent(draft, {
      slot,
      featureId,
      attempt,
      fence,
      model,
      ...(losses === undefined ? {} : { losses }),
      ...(modelWhy !== undefined && { modelWhy }),
      ...(expertsWhy !== undefined && { expertsWhy }),
      status: 'starting',
      step: 'starting',
      startedAt: event.at,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      actions: 0,
    });
  }
}

/** What is counted of a model of which nobody has said what it costs. */
function unpricedAfter(
  { unpricedTokens = 0 }: Pick<Agent, 'unpricedTokens'>,
  { isUnpriced, usage }: Extract<Event, { type: 'model.called' }>,
): Pick<Agent, 'unpricedTokens'> {
  if (!isUnpriced) return {};
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  return { unpricedTokens: unpricedTokens + inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens };
}

/** A pass by a check teaches, not one without an agent; nor after the user's approval, which the work had to wait for. */
function afterPass({ experience, agents, locks }: Draft, { spec, state }: Feature, passed: Moment): History {
  if (state.status !== 'claimed' || state.phase === 'unconfirmed' || state.checkFirst) return experience;
  const { slot, fence, claimedAt, claimedMs } = state.claim;
  const agent = agents[slot];
  if (agent?.fence !== fence) return experience;
  const files = locks.holds.flatMap((h) =>
    h.fence === fence && h.scope.kind === 'file' ? [h.scope.path] : [],
  );
  const tookMs = msBetween({ at: claimedAt, elapsedMs: claimedMs }, passed);
  const isKnown = agent.costUsd > 0 && agent.unpricedTokens === undefined;
  const cost = isKnown ? { costUsd: agent.costUsd } : {};
  return learn(experience, { category: spec.category, model: agent.model, tookMs, files, ...cost });
}

function changeAgent(draft: Draft, event: Event & AgentEvent): void {
  const agent = draft.agents[event.slot];
  // A slow process of an earlier attempt in this slot may still be ending: its news is not this agent's.
  if (!agent || agent.fence !== event.fence) return;
  switch (event.type) {
    case 'agent.started':
      setAgent(draft, { ...agent, process: event.process });
      return;
    case 'agent.progress': {
      const { status, step, progress = agent.progress } = event;
      patchAgent(draft, event, { status, step, progress });
      return;
    }
    case 'agent.ended': {
      const { losses = 0, ...before } = agent;
      setAgent(draft, {
        ...before,
        status: 'ended',
        step: excerptOf(event.note),
        endedAt: event.at,
        end: event.cause,
        ...(event.cause === 'lost' ? { losses: losses + 1 } : {}),
        process: undefined,
      });
      return;
    }
    case 'tool.used':
      setAgent(draft, { ...agent, actions: agent.actions + 1 });
      return;
    case 'model.called': {
      const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = event.usage;
      const spent = { input: inputTokens + cacheReadTokens + cacheWriteTokens, output: outputTokens };
      setAgent(draft, {
        ...agent,
        inputTokens: agent.inputTokens + spent.input,
        outputTokens: agent.outputTokens + spent.output,
        costUsd: agent.costUsd + event.costUsd,
        ...unpricedAfter(agent, event),
      });
      if (draft.run) {
        draft.run = {
          ...draft.run,
          inputTokens: draft.run.inputTokens + spent.input,
          outputTokens: draft.run.outputTokens + spent.output,
          costUsd: draft.run.costUsd + event.costUsd,
          ...unpricedAfter(draft.run, event),
        };
      }
      return;
    }
    case 'limit.reached':
      return;
    default:
      event satisfies never;
  }
}

function changeLocks(locks: LockTable, event: Event & TableEvent): LockTable {
  if (event.type === 'lock.released') return release(locks, event, event.fence);
  const { slot, featureId, fence } = event;
  const entry = { scope: scopeOf(event), slot, featureId, fence, since: sinceOf(event) };
  return event.type === 'lock.granted' ? grant(locks, entry) : queue(locks, entry);
}

/** What an event of a lock is about. */
export function scopeOf(event: LockScope): LockScope {
  return event.kind === 'resource'
    ? { kind: event.kind, resource: event.resource }
    : { kind: event.kind, path: event.path };
}

/** As locks keep it; in events of earlier versions the wall clock is all there is. */
export function sinceOf({ at, elapsedMs }: Moment): number {
  return elapsedMs ?? at;
}

/** An agent cannot say that it stands and waits, since it waits for the answer; so its card is told here. */
function showWait(draft: Draft, event: Event & TableEvent): void {
  if (event.type === 'lock.waiting') {
    const step = `waiting for ${event.path}, ${describeBlockers(event.blockers)}`;
    patchAgent(draft, event, { status: 'waiting', step });
  } else if (event.type === 'lock.granted' && event.how === 'request') {
    if (draft.agents[event.slot]?.status !== 'waiting') return;
    patchAgent(draft, event, { status: 'running', step: `got ${lockName(event)}` });
  }
}

function changeRun(draft: Draft, event: Event & RunEvent): void {
  if (event.type === 'run.started') {
    draft.agents = {};
    draft.breaker = null; // whoever starts a run has looked; if the trouble is still there, it is met again
    draft.accounts = withoutBreakers(draft.accounts);
    draft.run = {
      id: event.runId,
      status: 'running',
      settings: event.settings,
      startedAt: event.at,
      ...(event.elapsedMs === undefined ? {} : { startedMs: event.elapsedMs }),
      startedSeq: event.seq,
      costUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    return;
  }
  const { run } = draft;
  if (!run) return;
  switch (event.type) {
    case 'run.configured':
      draft.run = { ...run, settings: { ...run.settings, maxAgents: event.maxAgents } };
      return;
    case 'run.paused':
      draft.run = { ...run, status: event.stopping ? 'stopping' : 'paused' };
      return;
    case 'run.resumed':
      draft.run = { ...run, status: 'running' };
      return;
    case 'run.finished':
      draft.breaker = null;
      draft.accounts = withoutBreakers(draft.accounts);
      draft.run = { ...run, status: 'finished', outcome: event.outcome, report: event.report };
      return;
    default:
      event satisfies never;
  }
}

function setFeature(draft: Draft, base: Snapshot, feature: Feature): void {
  if (draft.features === base.features) draft.features = { ...base.features };
  (draft.features as Record<FeatureId, Feature>)[feature.id] = feature;
}

function removeFeature(draft: Draft, base: Snapshot, id: FeatureId): void {
  if (draft.features === base.features) draft.features = { ...base.features };
  delete (draft.features as Record<FeatureId, Feature>)[id];
}

function setAgent(draft: Draft, agent: Agent): void {
  draft.agents = { ...draft.agents, [agent.slot]: agent };
}

/** One that has ended stays so: what was begun for it beside its end may be told after that. */
function patchAgent(draft: Draft, attempt: Attempt, patch: Partial<Agent>): void {
  const agent = draft.agents[attempt.slot];
  if (agent?.fence === attempt.fence && agent.status !== 'ended') setAgent(draft, { ...agent, ...patch });
}

/** The check of another feature is told as that one's, a trial as what it is for. */
function checkStep({ command, guards, trial }: Extract<Event, { type: 'verify.started' }>): string {
  const words = excerptOf(command);
  if (trial) return `check with its files as they were: ${words}`;
  return guards === undefined ? words : `check of feature ${guards}: ${words}`;
}
