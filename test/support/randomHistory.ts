// Histories that chance makes up: any list of numbers is a valid one, so that fast-check can try and shrink them.
import type { Attempt, NewEvent } from '../../src/core/events/event';
import { liveAttempts } from '../../src/core/events/snapshot';
import type { CheckProof } from '../../src/core/features/feature';
import { stageOf } from '../../src/core/features/featureMachine';
import { request } from '../../src/core/locks/lockTable';
import { defaultRunSettings } from '../../src/core/settings/runSettings';
import type { PublicationChange } from '../../src/ports/store';
import { dropOf, endOf, History, put, specOf } from './history';

/** What one commit is made of. */
interface Step {
  readonly newEvents: readonly NewEvent[];
  readonly publications?: readonly PublicationChange[];
}

/** Each number chooses one of the steps that are possible in the state that the numbers before it led to. */
export function historyFrom(choices: readonly number[]): History {
  const history = new History();
  for (const choice of choices) {
    const steps = [
      ...stateFolderSteps(history, choice),
      ...featureSteps(history, choice),
      ...attemptSteps(history, choice),
    ];
    const step = steps[choice % steps.length]?.();
    if (step) history.record(step.newEvents, step.publications);
  }
  return history;
}

type LazyStep = () => Step;

/** Text as it comes from outside: quotes, other scripts, half a surrogate pair, what C strings end at. */
const words: readonly [string, ...string[]] = [
  '',
  'plain',
  `"; DROP TABLE features; --'`,
  'Grüße 🚀',
  'half \ud83d pair',
  'nul \0 inside',
  '__proto__',
];
const paths: readonly [string, ...string[]] = ['src/a.ts', 'src/b.ts', 'src', 'Ünï/ç.ts', 'a b/"c".ts'];

function stateFolderSteps({ snapshot }: History, n: number): LazyStep[] {
  const { run, lastFeatureId } = snapshot;
  const word = pick(words, n);
  const spec = specOf(`${word} ${n}`, {
    files: [pick(paths, n)],
    description: word,
    ...(n % 2 ? { estimate: 1.5 } : { resources: [word] }),
  });
  const report = {
    startedAt: 1,
    wallMs: n,
    maxAgents: 3,
    passing: 0,
    total: 1,
    oneAgentMs: 0.5,
    bestPossibleMs: 1,
  };
  const spent = { costUsd: 0.1 + 0.2, inputTokens: n, outputTokens: 0, attempts: 1, retries: 0 };
  const waitingMs = { dependency: 1, lock: 2, limit: 0, rate: 3, paused: 4 };
  const isOver = !run || run.status === 'finished';
  return [
    () => just({ type: 'feature.added', featureId: lastFeatureId + 1, spec }),
    () => just({ type: 'error.occurred', where: 'test', message: word }),
    () => just({ type: 'throttle.changed', untilAt: n % 2 ? null : 1_763_683_200_000 + n, reason: word }),
    () => just({ type: 'breaker.opened', cause: 'disk', message: word, mend: word, probeAt: n }),
    () => just({ type: 'breaker.rescheduled', cause: 'disk', probeAt: n, tries: n % 5 }),
    () => just({ type: 'breaker.closed', cause: 'disk' }),
    () => just({ type: 'owner.changed', epoch: n, process: { pid: n, started: word }, face: 'vscode' }),
    ...(isOver
      ? [() => just({ type: 'run.started', runId: (run?.id ?? 0) + 1, settings: defaultRunSettings })]
      : [
          () => just({ type: 'run.configured', runId: run.id, maxAgents: 1 + (n % 5) }),
          () => just({ type: 'run.paused', runId: run.id, stopping: n % 2 === 0 }),
          () => just({ type: 'run.resumed', runId: run.id }),
          (): Step => ({
            newEvents: [
              {
                type: 'run.finished',
                runId: run.id,
                outcome: 'stopped',
                report: { ...report, ...spent, waitingMs },
              },
              ...(n % 2
                ? [{ type: 'run.started', runId: run.id + 1, settings: defaultRunSettings } as const]
                : []),
            ],
          }),
        ]),
  ];
}

function featureSteps(history: History, n: number): LazyStep[] {
  const { snapshot } = history;
  const feature = pick(Object.values(snapshot.features), n);
  if (!feature) return [];
  const { id: featureId, spec, state } = feature;
  const word = pick(words, n);
  const slot = 1 + (n % 3);
  const claim = { slot, featureId, attempt: feature.failures + 1, fence: snapshot.lastFence + 1 };
  const remove = () => just({ type: 'feature.removed', featureId });
  const judged = (newEvent: NewEvent) => () => ({
    newEvents: [newEvent],
    publications: state.status === 'claimed' ? dropOf(history, state.claim) : [],
  });
  const edit = () => just({ type: 'feature.edited', featureId, spec: { ...spec, description: word } });
  const skip = () => just({ type: 'feature.skipped', featureId, because: { kind: 'user' } });
  switch (stageOf(state)) {
    case 'pending':
      return [
        () => just({ type: 'feature.held', featureId, missing: [n] }),
        () => ({
          newEvents: [
            { type: 'feature.claimed', model: word, ...claim },
            { type: 'lock.granted', path: pick(paths, n), kind: 'file', how: 'claim', ...claim },
            { type: 'lock.granted', resource: pick(paths, n), kind: 'resource', how: 'claim', ...claim },
          ],
        }),
        remove,
        edit,
        skip,
      ];
    case 'waiting':
      return [() => just({ type: 'feature.freed', featureId }), remove, edit, skip];
    case 'skipped':
      return [() => just({ type: 'feature.unskipped', featureId }), remove, edit];
    case 'failed':
      return [() => just({ type: 'feature.retried', featureId, by: 'user' }), remove, edit, skip];
    case 'passing':
      return [() => just({ type: 'feature.regressed', featureId, by: 'user' }), edit];
    case 'unconfirmed':
      return [
        judged({ type: 'feature.passed', featureId, evidence: { kind: 'user' } }),
        judged({ type: 'feature.failed', featureId, reason: word }),
      ];
    default:
      return [];
  }
}

function attemptSteps(history: History, n: number): LazyStep[] {
  const { snapshot } = history;
  const attempt = pick(liveAttempts(snapshot), n);
  if (!attempt) return [];
  const word = pick(words, n);
  const path = pick(paths, n);
  const usage = { inputTokens: n, outputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3 };
  const isVerifying =
    stageOf(snapshot.features[attempt.featureId]?.state ?? { status: 'pending' }) === 'verifying';
  const end = (newEvent: NewEvent) => () => ({
    newEvents: endOf(history, attempt, newEvent),
    publications: dropOf(history, attempt),
  });
  return [
    () => just({ type: 'agent.started', process: { pid: n, started: word }, ...attempt }),
    () =>
      just({
        type: 'agent.progress',
        status: 'running',
        step: word,
        ...(n % 2 ? { progress: n % 100 } : {}),
        ...attempt,
      }),
    () =>
      just({
        type: 'tool.used',
        tool: 'edit_file',
        target: path,
        ok: true,
        durationMs: 0.25,
        summary: word,
        ...attempt,
      }),
    () => just({ type: 'model.called', model: 'haiku', usage, costUsd: 0.1 * n, durationMs: 1, ...attempt }),
    () => ask(history, attempt, path, n % 3 === 0 ? 'folder' : 'file'),
    () => ({
      newEvents: [],
      publications: [put(attempt, path, { stage: n % 2 ? 'staged' : 'publishing' })],
    }),
    () => ({
      newEvents: [{ type: 'file.changed', path, before: null, after: 'ee55', ...attempt }],
      publications: [put(attempt, word, { stage: 'published', evidence: proofOf(word) })],
    }),
    () => just({ type: 'verify.started', command: word, ...attempt }),
    ...(isVerifying
      ? [
          end({ type: 'feature.passed', evidence: { kind: 'user' }, ...attempt }),
          () => ({
            newEvents: endOf(history, attempt, { type: 'feature.unconfirmed', why: word, ...attempt }),
          }),
        ]
      : [() => just({ type: 'feature.submitted', summary: word, ...attempt })]),
    end({ type: 'feature.failed', reason: word, ...attempt }),
    end({ type: 'feature.retried', by: 'policy', reason: word, ...attempt }),
    end({ type: 'feature.yielded', cause: 'lost', note: word, path, ...attempt }),
  ];
}

function proofOf(outputTail: string): CheckProof {
  return { kind: 'check', command: 'npm test', exitCode: 0, outputTail, durationMs: 900 };
}

function ask({ snapshot }: History, attempt: Attempt, path: string, kind: 'file' | 'folder'): Step {
  const answer = request(snapshot.locks, { kind, path }, attempt);
  const scope = { path, kind, ...attempt };
  switch (answer.kind) {
    case 'granted':
      return just({ type: 'lock.granted', how: 'request', ...scope });
    case 'wait':
      return just({ type: 'lock.waiting', blockers: answer.blockers, ...scope });
    default:
      return { newEvents: [] };
  }
}

function just(newEvent: NewEvent): Step {
  return { newEvents: [newEvent] };
}

function pick<T>(list: readonly [T, ...T[]], n: number): T;
function pick<T>(list: readonly T[], n: number): T | undefined;
function pick<T>(list: readonly T[], n: number): T | undefined {
  return list[Math.floor(n / 7) % list.length]; // not `n` itself, which already chose the step
}
