// Workspaces in the middle of their work, for everything that draws one: made of events, as a real one is.

import type { Attempt, NewEvent } from '../../src/core/events/event';
import type { FeatureSpec } from '../../src/core/features/feature';
import { lockedOf } from '../../src/core/locks/lockScope';
import { reportRun } from '../../src/core/scheduler/reportRun';
import { defaultRunSettings, type RunSettings } from '../../src/core/settings/runSettings';
import { History, specOf } from '../support/history';

const process = { pid: 4242, started: '1763683200.12' };

/** A backlog as first loaded; features that need others wait. */
export function loaded(...specs: readonly FeatureSpec[]): History {
  const history = new History();
  const idOf = new Map(specs.map(({ name }, at) => [name, at + 1]));
  history.record([
    ...specs.map((spec, at) => ({ type: 'feature.added', featureId: at + 1, spec }) as const),
    ...specs.flatMap(({ dependsOn }, at): NewEvent[] => {
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
export function finish(history: History, attempt: Attempt, end: NewEvent): void {
  const held = history.snapshot.locks.holds.filter(({ fence }) => fence === attempt.fence);
  history.record([
    ...(end.type === 'feature.passed' || end.type === 'feature.unconfirmed'
      ? ([{ type: 'feature.submitted', summary: 'done', ...attempt }] as const)
      : []),
    end.type === 'feature.passed' ? { ...end, slot: attempt.slot, fence: attempt.fence } : end,
    ...held.map(({ scope }) => ({ type: 'lock.released', ...lockedOf(scope), ...attempt }) as const),
    { type: 'agent.ended', cause: 'done', note: 'done', ...attempt },
  ]);
}

/** Trouble from outside, with which the breaker opens. */
export const diskFull = {
  type: 'breaker.opened',
  cause: 'disk',
  message: 'The disk is full.',
  mend: 'Free some space.',
  probeAt: 9,
} as const;

export function passed(featureId: number): NewEvent {
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

/**
 * A run that ends in every way an attempt can: passed, tried again, handed back, failed, asking the user; one agent stood
 * and waited for a file. @param steps seconds that each step of it takes
 */
export function wholeRun(steps = 1): History {
  const history = wholeRunSoFar(steps);
  const { snapshot, events } = history;
  const { run: before } = snapshot;
  if (before === null) throw new Error('no run');
  const ofRun = events.filter(({ seq }) => seq >= before.startedSeq);
  const now = ofRun.at(-1) ?? { at: 0 };
  const report = reportRun(snapshot, before, ofRun, now, 2);
  history.record([{ type: 'run.finished', runId: before.id, outcome: 'incomplete', report }]);
  return history;
}

/** The same before its end: nothing is at work any more. */
export function wholeRunSoFar(steps = 1): History {
  const history = loaded(
    specOf('Accounts', { category: 'backend', priority: 1, files: ['src/accounts.ts'] }),
    specOf('Profile page', { category: 'frontend', dependsOn: ['Accounts'], files: ['src/profile.tsx'] }),
    specOf('Catalogue', { category: 'backend', priority: 2, files: ['src/catalogue.ts'] }),
    specOf('Search', { category: 'backend', dependsOn: ['Catalogue'], files: ['src/search.ts'] }),
    specOf('Shopping cart', { category: 'backend', files: ['src/cart.ts'] }),
    specOf('Newsletter', { category: 'default', priority: 4 }),
    specOf('Help pages', { category: 'documentation', priority: 5, files: ['docs/help.md'] }),
  );
  const pass = (attempt: Attempt) => finish(history, attempt, passed(attempt.featureId));
  const wait = (times: number) => history.wait(times * steps);
  run(history);
  const accounts = claim(history, 1, 1);
  const catalogue = claim(history, 2, 3);
  const cart = claim(history, 3, 5, 'haiku');
  wait(14);
  const retried = { type: 'feature.retried', by: 'policy', reason: 'npm test: 1 test fails' } as const;
  finish(history, cart, { ...retried, ...cart });
  const again = claim(history, 3, 5);
  wait(8);
  pass(catalogue);
  history.record([{ type: 'feature.freed', featureId: 4 }]);
  const search = claim(history, 2, 4);
  wait(5);
  const wanted = { path: 'src/accounts.ts', kind: 'file' } as const;
  const holder = { kind: 'agent', path: wanted.path, ...accounts } as const;
  history.record([{ type: 'lock.waiting', ...wanted, blockers: [holder], ...search }]);
  wait(9);
  pass(accounts);
  history.record([
    { type: 'lock.granted', ...wanted, how: 'request', waitedMs: 9_000, ...search },
    { type: 'feature.freed', featureId: 2 },
  ]);
  const profile = claim(history, 1, 2);
  wait(4);
  const note = 'waiting for src/profile.tsx would deadlock';
  finish(history, again, { type: 'feature.yielded', cause: 'lock', note, path: 'src/profile.tsx', ...again });
  const letter = claim(history, 3, 6);
  wait(6);
  finish(history, letter, {
    type: 'feature.failed',
    featureId: 6,
    reason: 'npm test: 2 tests fail',
    fence: letter.fence,
  });
  const help = claim(history, 3, 7, 'haiku');
  wait(7);
  pass(search);
  finish(history, help, { type: 'feature.unconfirmed', why: 'there is no check for it', ...help });
  wait(12);
  pass(profile);
  const last = claim(history, 1, 5);
  wait(10);
  pass(last);
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
