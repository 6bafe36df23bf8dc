// What every `Store` promises, as one suite that each implementation runs.
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { Feature, FeatureState } from '../../src/core/features/feature';
import { Failure, type FailureReason } from '../../src/ports/failure';
import type { Commit, Store } from '../../src/ports/store';
import { History, plain, put, type State, specOf, storyOfARun } from '../support/history';
import { historyFrom } from '../support/randomHistory';

/** Where stores of one workspace are opened, one after the other. */
export interface StorePlace {
  /** @param epoch of the owner; left out, that of the last */
  open(epoch?: number): Promise<Store>;
  dispose(): Promise<void>;
}

export function storeConformance(name: string, createPlace: () => Promise<StorePlace>): void {
  describe(`${name} as a store`, () => {
    let place: StorePlace;
    let store: Store;

    beforeEach(async () => {
      place = await createPlace();
      store = await place.open(1);
    });

    afterEach(async () => {
      await store.close();
      await place.dispose();
    });

    const reopen = async (epoch?: number): Promise<Store> => {
      await store.close();
      store = await place.open(epoch);
      return store;
    };
    const keep = async (history: History): Promise<void> => {
      for (const commit of history.commits) await store.commit(commit);
    };

    it('is empty at first', async () => {
      assert.deepEqual(await loadState(store), storyOfARun().states[0]);
      assert.deepEqual(await store.events(0, 10), []);
    });

    it('holds after each commit what its events lead to', async () => {
      const { commits, states } = storyOfARun();
      for (const [at, commit] of commits.entries()) {
        await store.commit(commit);
        assert.deepEqual(await loadState(store), states[at + 1], `commit ${at}`);
      }
    });

    it('gives back after reopening what was committed before, at any point', async () => {
      const { commits, states } = storyOfARun();
      for (const [at, commit] of commits.entries()) {
        await store.commit(commit);
        await reopen();
        assert.deepEqual(await loadState(store), states[at + 1], `commit ${at}`);
      }
    });

    it('gives back any history', async function () {
      this.timeout(60_000);
      const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(choices, async (numbers) => {
          const history = historyFrom(numbers);
          const other = await createPlace();
          try {
            const first = await other.open(1);
            for (const commit of history.commits) await first.commit(commit);
            await first.close();
            const second = await other.open();
            assert.deepEqual(await loadState(second), history.now);
            assert.deepEqual(await second.events(0, 1000), plain(history.events));
            await second.close();
          } finally {
            await other.dispose();
          }
        }),
        { numRuns: 60 },
      );
    });

    it('keeps a long text before the event that names it', async () => {
      const history = new History();
      const text = 'half \ud83d pair \0 '.repeat(1000);
      const spec = specOf('Log in', { description: text });
      const name = store.textName(text);
      const commit = history.record([{ type: 'feature.added', featureId: 1, spec }]);
      const { description } = commit.after.features[1]?.spec ?? {};
      assert.ok(typeof description === 'object' && description.hash === name);
      assert.ok(description.excerpt.length < 1024 && description.chars === text.length);
      const stored = store.commit(commit);
      assert.equal(await store.text(name), text, 'asked for while its commit is on its way');
      await stored;
      await store.tidy();
      await reopen();
      assert.equal(await store.text(name), text);
      await rejects(store.text('../agents.db'), 'corrupt');
      await rejects(store.text(store.textName('another')), 'corrupt');
    });

    it('keeps a long text that only a publication names', async () => {
      const text = 'not ok\n'.repeat(1000);
      const name = store.textName(text);
      const outputTail = { excerpt: 'not ok', hash: name, chars: text.length };
      const evidence = {
        kind: 'check',
        command: 'npm test',
        exitCode: 0,
        outputTail,
        durationMs: 1,
      } as const;
      const history = new History();
      const attempt = { slot: 1, featureId: 1, attempt: 1, fence: 1 };
      await store.commit(history.record([], [put(attempt, 'a.ts', { evidence })], new Map([[name, text]])));
      await store.tidy();
      assert.equal(await store.text(name), text);
      await store.commit(history.record([], [{ kind: 'drop', fence: 1 }]));
      await store.tidy();
      await rejects(store.text(name), 'corrupt');
    });

    it('tells events by number, oldest first, no more than asked for', async () => {
      const history = storyOfARun();
      await keep(history);
      const all = plain(history.events);
      const last = all.length;
      assert.deepEqual(await store.events(0, 1000), all);
      assert.deepEqual(await store.events(3, 2), all.slice(3, 5));
      assert.deepEqual(await store.events(last - 1, 5), all.slice(-1));
      assert.deepEqual(await store.events(last, 5), []);
    });

    it('keeps the order of commits that are asked for at once', async () => {
      const history = storyOfARun();
      const acknowledged: number[] = [];
      await Promise.all(
        history.commits.map((commit, at) => store.commit(commit).then(() => acknowledged.push(at))),
      );
      assert.deepEqual(acknowledged, [...history.commits.keys()]);
      assert.deepEqual(await loadState(store), history.now);
    });

    it('stores no files of the human', async () => {
      const { commits, states } = storyOfARun();
      const [commit] = commits;
      assert.ok(commit);
      const after = { ...commit.after, locks: { ...commit.after.locks, human: ['src/mine.ts'] } };
      await store.commit({ ...commit, after });
      assert.deepEqual(await loadState(store), states[1]);
    });

    describe('refuses with conflict, keeps nothing of it, and fails for good', () => {
      /** Each makes of the claim that comes next a commit that does not fit what is stored. */
      const misfits: Record<string, (claim: Commit) => Commit> = {
        'events numbered from an older state': (claim) => renumber(claim, -1),
        'events numbered from a state that never was': (claim) => renumber(claim, 1),
        'a feature that is waiting': (claim) => believing(claim, { status: 'waiting', missing: [2] }),
        'a feature that another attempt holds': (claim) =>
          believing(claim, {
            status: 'claimed',
            phase: 'working',
            claim: { slot: 2, attempt: 1, fence: 9, claimedAt: 0 },
          }),
        'a feature that is not stored': (claim) => believing(claim, undefined),
        'a publication that is not stored, named last': (claim) => ({
          ...claim,
          publications: [...claim.publications, { kind: 'drop', fence: 77 }],
        }),
      };
      for (const [misfit, spoil] of Object.entries(misfits)) {
        it(misfit, async () => {
          const { commits, states } = storyOfARun();
          const at = commits.findIndex(({ events }) => events[0]?.type === 'feature.claimed');
          for (const commit of commits.slice(0, at)) await store.commit(commit);
          const claim = commits[at];
          assert.ok(claim);
          await rejects(store.commit(spoil(claim)), 'conflict');
          await rejects(store.commit(claim), 'conflict');
          await rejects(store.load(), 'conflict');
          await reopen();
          assert.deepEqual(await loadState(store), states[at]);
          assert.deepEqual(
            await store.events(0, 1000),
            plain(commits.slice(0, at).flatMap(({ events }) => events)),
          );
          await store.commit(claim);
          assert.deepEqual(await loadState(store), states[at + 1]);
        });
      }
    });

    it('keeps what was asked for before a misfit, and nothing asked for after it', async () => {
      const { commits, states } = storyOfARun();
      const asked = [...commits.slice(0, 3), commits[1], ...commits.slice(3, 5)].flatMap(
        (commit) => commit ?? [],
      );
      const outcomes = await Promise.allSettled(asked.map((commit) => store.commit(commit)));
      assert.deepEqual(
        outcomes.map(({ status }) => status === 'fulfilled'),
        [true, true, true, false, false, false],
      );
      await reopen();
      assert.deepEqual(await loadState(store), states[3]);
    });

    it('may be closed twice, and refuses with closed after that', async () => {
      const { commits } = storyOfARun();
      assert.ok(commits[0]);
      await Promise.all([store.close(), store.close()]);
      await rejects(store.commit(commits[0]), 'closed');
      await rejects(store.load(), 'closed');
      await rejects(store.events(0, 1), 'closed');
    });

    it('keeps what was asked for before it was closed', async () => {
      const history = storyOfARun();
      const asked = history.commits.map((commit) => store.commit(commit));
      await store.close();
      await Promise.all(asked);
      await reopen();
      assert.deepEqual(await loadState(store), history.now);
    });

    it('refuses an owner of an older epoch, and takes the same or a later one', async () => {
      const history = storyOfARun();
      await keep(history);
      await reopen(5);
      await store.close();
      await rejects(place.open(4), 'conflict');
      store = await place.open(5);
      await reopen(6);
      assert.deepEqual(await loadState(store), history.now);
    });
  });
}

export async function loadState(store: Store): Promise<State> {
  const { snapshot, publications } = await store.load();
  return plain({ snapshot, publications });
}

export async function rejects(promise: Promise<unknown>, reason: FailureReason): Promise<Failure> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(Failure.is(failure, reason), `expected a failure "${reason}", got ${String(failure)}`);
  return failure;
}

function renumber(commit: Commit, by: number): Commit {
  const shift = (snapshot: Snapshot) => ({ ...snapshot, seq: snapshot.seq + by });
  const events = commit.events.map((event) => ({ ...event, seq: event.seq + by }));
  return { ...commit, before: shift(commit.before), after: shift(commit.after), events };
}

/** The same commit by someone who takes the claimed feature for something else than it is. */
function believing(commit: Commit, state: FeatureState | undefined): Commit {
  const features: Record<number, Feature> = { ...commit.before.features };
  const taken = features[1] ?? { id: 1, spec: specOf('Log in'), failures: 0, losses: 0, learnedFiles: [] };
  if (state) features[1] = { ...taken, state };
  else delete features[1];
  return { ...commit, before: { ...commit.before, features } };
}
