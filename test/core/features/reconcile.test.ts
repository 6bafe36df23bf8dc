// What changes when the backlog is read again: nothing for the same one, and never under an agent's hands.
import { strict as assert } from 'node:assert';
import type { Stage } from '../../../src/core/features/featureMachine';
import { reconcile } from '../../../src/core/features/reconcile';
import { atOnce } from '../../../src/core/shared/steps';
import { withinCpu } from '../../support/cpuTime';
import { featureIn, specOf } from '../sampleFeatures';

const kept = [1, 2, 3].map((id) => featureIn('pending', id));
const features = Object.fromEntries(kept.map((f) => [f.id, f]));
const specs = kept.map((f) => f.spec);

describe('reconcile', () => {
  it('changes nothing when the same backlog is loaded again', () => {
    assert.deepEqual(atOnce(reconcile(features, 3, specs)), { changes: [], deferred: [] });
  });

  it('does not mind the order of entries and fields, nor a field that is undefined', () => {
    const turned = specs.toReversed().map((spec) => Object.fromEntries(Object.entries(spec).reverse()));
    const again = turned.map((part) => ({ ...specOf(''), ...part, verify: undefined }));
    assert.deepEqual(atOnce(reconcile(features, 3, again)), { changes: [], deferred: [] });
  });

  it('knows a feature whose accent an older database wrote in the other form', () => {
    const old = { ...featureIn('passing', 1), spec: specOf('Cafe\u0301') };
    const { changes } = atOnce(reconcile({ 1: old }, 1, [specOf('Caf\u00e9')]));
    assert.deepEqual(changes, [{ type: 'feature.edited', featureId: 1, spec: specOf('Caf\u00e9') }]);
  });

  it('gives new names the next ids in file order, never one that was used', () => {
    const { changes } = atOnce(reconcile(features, 40, [specOf('X'), ...specs, specOf('Y')]));
    assert.deepEqual(changes, [
      { type: 'feature.added', featureId: 41, spec: specOf('X') },
      { type: 'feature.added', featureId: 42, spec: specOf('Y') },
    ]);
  });

  it('edits what differs, and takes out what is gone', () => {
    const edited = specOf('F1', { priority: 1 });
    const [, second] = specs;
    assert.ok(second);
    assert.deepEqual(atOnce(reconcile(features, 3, [edited, second])), {
      changes: [
        { type: 'feature.edited', featureId: 1, spec: edited },
        { type: 'feature.removed', featureId: 3 },
      ],
      deferred: [],
    });
  });

  it('edits a feature that gets or loses a resource', () => {
    const first = specOf('F1', { resources: ['port 3000'] });
    const others = specs.slice(1);
    const { changes } = atOnce(reconcile(features, 3, [first, ...others]));
    assert.deepEqual(changes, [{ type: 'feature.edited', featureId: 1, spec: first }]);
    const having = { ...features, 1: { ...featureIn('pending', 1), spec: first } };
    assert.deepEqual(atOnce(reconcile(having, 3, [first, ...others])).changes, []);
    assert.deepEqual(atOnce(reconcile(having, 3, specs)).changes, [
      { type: 'feature.edited', featureId: 1, spec: specOf('F1') },
    ]);
  });

  const held: Stage[] = ['working', 'verifying', 'unconfirmed'];
  const free: Stage[] = ['pending', 'waiting', 'passing', 'failed', 'skipped'];
  for (const stage of [...held, ...free]) {
    const waits = held.includes(stage);
    it(`${waits ? 'defers' : 'applies'} an edit and a removal while ${stage}`, () => {
      const now = { 1: featureIn(stage, 1), 2: featureIn(stage, 2) };
      const { changes, deferred } = atOnce(reconcile(now, 2, [specOf('F1', { description: 'other' })]));
      assert.deepEqual(
        changes.map((c) => `${c.type} ${c.featureId}`),
        waits ? [] : ['feature.edited 1', 'feature.removed 2'],
      );
      assert.deepEqual(deferred, waits ? [1, 2] : []);
    });
  }

  it('holds for names that objects have of their own', () => {
    const added = atOnce(reconcile({}, 0, [specOf('__proto__'), specOf('constructor')])).changes;
    assert.deepEqual(
      added.map((c) => c.featureId),
      [1, 2],
    );
  });

  it('is fast for 10⁵ features', () => {
    const many = Array.from({ length: 100_000 }, (_, k) => specOf(`F${k}`));
    assert.equal(withinCpu(3_000, () => atOnce(reconcile({}, 0, many))).changes.length, 100_000);
  });
});
