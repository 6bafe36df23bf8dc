// What always holds of locks and files, through random programs on the real engine, and that each rule's check bites.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Attempt } from '../../src/core/events/event';
import { attemptOf } from '../../src/core/events/event';
import { AgentPool } from '../../src/engine/agentPool';
import { AttemptChanges } from '../../src/engine/attemptChanges';
import { AttemptFiles } from '../../src/engine/attemptFiles';
import type { EventLog } from '../../src/engine/eventLog';
import { FileLocks } from '../../src/engine/fileLocks';
import { type Checked, Verification } from '../../src/engine/verification';
import type { MemoryIsolation } from '../doubles/memoryIsolation';
import { EngineProgram } from './engineProgram';

const programsOf = (steps: number) =>
  fc.array(fc.noBias(fc.nat(2 ** 30)), { minLength: steps, maxLength: steps });

async function play(choices: readonly number[]): Promise<EngineProgram> {
  const program = await EngineProgram.open();
  for (const [n, choice] of choices.entries()) {
    assert.deepEqual(await program.step(choice), [], `after step ${n}`);
  }
  assert.deepEqual(await program.finish(), [], 'in the end');
  return program;
}

/** Replaces a method of the engine by a wrong one; the answer puts the right one back. */
function plant<T extends object, K extends keyof T>(
  { prototype }: { readonly prototype: T },
  method: K,
  wrong: (right: T[K]) => T[K],
): () => void {
  const right = prototype[method];
  prototype[method] = wrong(right);
  return () => {
    prototype[method] = right;
  };
}

/** Plays programs on an engine with faults planted in it, until a check says so. */
async function isCaught(faults: readonly (() => () => void)[], says: RegExp): Promise<void> {
  const planted = faults.map((fault) => fault());
  try {
    const found = await fc.check(
      fc.asyncProperty(programsOf(200), async (choices) => void (await play(choices))),
      { numRuns: 20, endOnFailure: true, seed: 7 },
    );
    assert.ok(found.failed, 'nobody noticed');
    assert.match(String(found.errorInstance), says);
  } finally {
    for (const mend of planted) mend();
  }
}

describe('the engine under random programs', function () {
  this.timeout(240_000);

  it('keeps its rules through 50 programs of 2,000 steps', async () => {
    const total: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(programsOf(2_000), async (choices) => {
        const { seen } = await play(choices);
        for (const [kind, times] of Object.entries(seen)) total[kind] = (total[kind] ?? 0) + times;
      }),
      { numRuns: 50, endOnFailure: true },
    );
    for (const [kind, times] of Object.entries(total))
      assert.ok(times >= 20, `${kind} was met ${times} times only`);
  });

  // The faults reach into the engine as only a fault could: by what the instances hold.
  const logOf = (locks: FileLocks) => (locks as unknown as { readonly log: EventLog }).log;

  const faults: [what: string, says: RegExp, faults: (() => () => void)[]][] = [
    [
      'two holders of one file',
      /both hold/,
      [
        () =>
          plant(
            FileLocks,
            'acquire',
            () =>
              async function (this: FileLocks, attempt: Attempt, path: string) {
                if (this.held(attempt, path)) return { ok: true, value: { path, fresh: false, waitedMs: 0 } };
                const granted = { type: 'lock.granted', path, kind: 'file', how: 'request' } as const;
                await logOf(this).append([{ ...granted, ...attemptOf(attempt) }]);
                return { ok: true, value: { path, fresh: true, waitedMs: 0 } };
              },
          ),
      ],
    ],
    [
      'a circle of waits',
      /waits for itself/,
      [
        () =>
          plant(
            FileLocks,
            'acquire',
            (right) =>
              async function (this: FileLocks, attempt: Attempt, path: string, wait = true) {
                const answer = await right.call(this, attempt, path, wait);
                if (!('yieldFor' in answer)) return answer;
                const waiting = { type: 'lock.waiting', path, kind: 'file', blockers: [] } as const;
                await logOf(this).append([{ ...waiting, ...attemptOf(attempt) }]);
                return new Promise<never>(() => {});
              },
          ),
      ],
    ],
    [
      'a waiter that nobody wakes',
      /which is free/,
      [() => plant(FileLocks, 'grantWaiting', () => async () => {})],
    ],
    [
      'locks that outlive their attempt',
      /is over and still has/,
      [() => plant(FileLocks, 'releaseEvents', () => () => [])],
    ],
    [
      'a write under an old fence',
      /after its end|is over and still has/,
      [
        () =>
          plant(AgentPool, 'find', (right) => {
            const known = new Map<number, ReturnType<AgentPool['find']>>();
            return function (this: AgentPool, fence: number) {
              const live = right.call(this, fence);
              if (live) known.set(fence, live);
              return known.get(fence);
            };
          }),
        () =>
          plant(
            FileLocks,
            'acquire',
            (right) =>
              async function (this: FileLocks, attempt: Attempt, path: string, wait = true) {
                const answer = await right.call(this, attempt, path, wait);
                if (answer.ok || answer.error.code !== 'stopped') return answer;
                const granted = { type: 'lock.granted', path, kind: 'file', how: 'request' } as const;
                await logOf(this).append([{ ...granted, ...attemptOf(attempt) }]);
                return { ok: true, value: { path, fresh: true, waitedMs: 0 } };
              },
          ),
      ],
    ],
    [
      'work that its check did not prove',
      /passed against its check/,
      [
        () =>
          plant(
            Verification,
            'verify',
            (right) =>
              async function (this: Verification, ...given) {
                const checked = await right.apply(this, given);
                const evidence = {
                  kind: 'check',
                  command: '',
                  exitCode: 0,
                  outputTail: '',
                  durationMs: 0,
                } as const;
                return (checked as Checked).kind === 'failed' ? { kind: 'passed', evidence } : checked;
              } as typeof right,
          ),
      ],
    ],
    [
      'work of a failed attempt in the workspace',
      / is .*, not /,
      [
        () =>
          plant(
            AttemptFiles,
            'writeFile',
            (right) =>
              async function (this: AttemptFiles, fence, write) {
                const done = await right.call(this, fence, write);
                const { isolation } = this as unknown as { readonly isolation: MemoryIsolation };
                if (done.ok) isolation.files.set(write.path, write.content ?? '');
                return done;
              },
          ),
      ],
    ],
    [
      'a contested file that is published all the same',
      /which it never held|, not /,
      [
        () =>
          plant(
            AttemptChanges,
            'take',
            (right) =>
              async function (this: AttemptChanges, live, look) {
                const taken = await right.call(this, live, look);
                live.contested = new Map();
                return taken;
              },
          ),
      ],
    ],
  ];
  for (const [what, says, planted] of faults) it(`notices ${what}`, () => isCaught(planted, says));
});
