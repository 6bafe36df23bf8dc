// Workspaces in the middle of their work, for everything that draws one: made of events, as a real one is.
import type { Attempt, Happening } from '../../src/core/events/event';
import { defaultRunSettings, type RunSettings } from '../../src/core/events/runSettings';
import type { FeatureSpec } from '../../src/core/features/feature';
import { History, specOf } from '../support/history';

const process = { pid: 4242, started: '1763683200.12' };

/** A backlog as first loaded; features that need others wait. */
export function loaded(...specs: readonly FeatureSpec[]): History {
  const history = new History();
  const idOf = new Map(specs.map(({ name }, at) => [name, at + 1]));
  history.record([
    ...specs.map((spec, at) => ({ type: 'feature.added', featureId: at + 1, spec }) as const),
    ...specs.flatMap(({ dependsOn }, at): Happening[] => {
      const missing = dependsOn.flatMap((name) => idOf.get(name) ?? []);
      return missing.length === 0 ? [] : [{ type: 'feature.held', featureId: at + 1, missing }];
    }),
  ]);
  return history;
}

/** The five entries of the example. */
export function example(): History {
  return loaded(
    specOf('Feature 1', { category: 'frontend', priority: 1 }),
    specOf('Feature 2', { category: 'backend', priority: 1 }),
    specOf('Feature 3', { category: 'database', priority: 1 }),
    specOf('Feature 4', { category: 'frontend', priority: 2 }),
    specOf('Feature 5', { category: 'backend', priority: 2 }),
  );
}

export function run(history: History, settings: Partial<RunSettings> = {}): void {
  const runId = (history.snapshot.run?.id ?? 0) + 1;
  history.record([{ type: 'run.started', runId, settings: { ...defaultRunSettings, ...settings } }]);
}

/** Claims a feature for a slot, with its declared files, and starts the agent. */
export function claim(history: History, slot: number, featureId: number, model = 'sonnet'): Attempt {
  const fence = history.snapshot.lastFence + 1;
  const attempt = { slot, featureId, attempt: 1, fence };
  const files = history.snapshot.features[featureId]?.spec.files ?? [];
  history.record([
    { type: 'feature.claimed', model, ...attempt },
    ...files.map((path) => ({ type: 'lock.granted', path, kind: 'file', how: 'claim', ...attempt }) as const),
    { type: 'agent.started', process, ...attempt },
  ]);
  return attempt;
}

export function progress(history: History, attempt: Attempt, step: string, percent?: number): void {
  const told = percent === undefined ? {} : { progress: percent };
  history.record([{ type: 'agent.progress', status: 'running', step, ...told, ...attempt }]);
}

/** Ends an attempt: through the check where it passes, its locks released. */
export function finish(history: History, attempt: Attempt, end: Happening): void {
  const held = history.snapshot.locks.holds.filter(({ fence }) => fence === attempt.fence);
  history.record([
    ...(end.type === 'feature.passed' || end.type === 'feature.unconfirmed'
      ? ([{ type: 'feature.submitted', summary: 'done', ...attempt }] as const)
      : []),
    end.type === 'feature.passed' ? { ...end, slot: attempt.slot, fence: attempt.fence } : end,
    ...held.map(({ scope }) => ({ type: 'lock.released', path: scope.path, ...attempt }) as const),
    { type: 'agent.ended', cause: 'done', note: 'done', ...attempt },
  ]);
}

export function passed(featureId: number): Happening {
  const evidence = {
    kind: 'check',
    command: 'npm test',
    exitCode: 0,
    outputTail: '',
    durationMs: 900,
  } as const;
  return { type: 'feature.passed', featureId, evidence };
}

/** Nine features of a shop in every state at once, three agents at work. */
export function busyShop(): History {
  const history = loaded(
    specOf('Database schema', { category: 'database', priority: 1, files: ['db/schema.sql'] }),
    specOf('User authentication', { category: 'backend', priority: 1, files: ['src/auth.ts'] }),
    specOf('Product catalogue', {
      category: 'backend',
      dependsOn: ['Database schema'],
      files: ['src/catalogue.ts'],
    }),
    specOf('Shopping cart', { category: 'backend', dependsOn: ['Database schema'], files: ['src/cart.ts'] }),
    specOf('Search', { category: 'backend', dependsOn: ['Product catalogue'], files: ['src/search.ts'] }),
    specOf('User profile', {
      category: 'frontend',
      dependsOn: ['User authentication'],
      files: ['src/profile.tsx'],
    }),
    specOf('Checkout with a name that is longer than its box', {
      category: 'backend',
      dependsOn: ['Shopping cart', 'User authentication'],
    }),
    specOf('Admin reports', {
      category: 'frontend',
      dependsOn: ['Search', 'Checkout with a name that is longer than its box'],
    }),
    specOf('Newsletter', { category: 'default', priority: 5 }),
  );
  run(history);
  for (const id of [1, 2]) {
    const attempt = claim(history, id, id);
    progress(history, attempt, 'writing', 80);
    finish(history, attempt, passed(id));
  }
  history.record([3, 4, 6].map((featureId) => ({ type: 'feature.freed', featureId }) as const));
  const failing = claim(history, 3, 9, 'haiku');
  finish(history, failing, {
    type: 'feature.failed',
    featureId: 9,
    reason: 'npm test: 2 of 14 tests fail',
    fence: failing.fence,
  });
  const asking = claim(history, 3, 6);
  finish(history, asking, { type: 'feature.unconfirmed', why: 'there is no check for it', ...asking });
  const usage = { inputTokens: 18_200, outputTokens: 2_340, cacheReadTokens: 64_000, cacheWriteTokens: 0 };
  const one = claim(history, 1, 3);
  progress(history, one, 'editing src/catalogue.ts', 45);
  history.record([
    { type: 'model.called', model: 'sonnet', usage, costUsd: 0.0662, durationMs: 2100, ...one },
  ]);
  const two = claim(history, 2, 4, 'haiku');
  history.record([
    { type: 'feature.submitted', summary: 'done', ...two },
    { type: 'verify.started', command: 'npm test -- cart', ...two },
  ]);
  return history;
}

/** `count` features in layers of ten, each needing two of the layer before. */
export function layers(count: number): History {
  const specs = Array.from({ length: count }, (_, at) => {
    const above = at - 10;
    const needs = above < 0 ? [] : [above, above % 10 === 9 ? above - 9 : above + 1];
    return specOf(`Step ${at + 1}`, { dependsOn: needs.map((need) => `Step ${need + 1}`) });
  });
  return loaded(...specs);
}
