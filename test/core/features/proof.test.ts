// Which edits ask for a new proof, and which proofs are another check's.
import { strict as assert } from 'node:assert';
import type { Evidence, Feature, FeatureSpec } from '../../../src/core/features/feature';
import { isAskedAnew, isProvedByAnother } from '../../../src/core/features/proof';
import { shorten } from '../../../src/core/shared/longText';
import { featureIn, specOf } from '../sampleFeatures';

const long = (word: string) => shorten(word.repeat(2_000), (text) => `hash of ${text.slice(0, 9)}`);

describe('a new proof', () => {
  const before = specOf('F1', { description: 'a page', verify: 'npm test' });
  const edits: [string, Partial<FeatureSpec>, boolean][] = [
    ['nothing', {}, false],
    ['its text', { description: 'another page' }, true],
    ['its check', { verify: 'npm run check' }, true],
    ['its check, taken out', { verify: undefined }, true],
    ['its text, to a long one', { description: long('a') }, true],
    ['its place in the order', { priority: 1, dependsOn: ['F2'], category: 'ui', estimate: 9 }, false],
    ['its files and model', { files: ['src'], model: 'opus' }, false],
  ];
  for (const [what, edit, asks] of edits)
    it(`is ${asks ? '' : 'not '}asked for by an edit of ${what}`, () => {
      assert.equal(isAskedAnew(before, { ...before, ...edit }), asks);
    });

  it('is asked for where one long text takes the place of another, not where only less of it is shown', () => {
    const one = specOf('F1', { description: long('a'), verify: long('b') });
    assert.equal(isAskedAnew(one, specOf('F1', { description: long('a'), verify: long('b') })), false);
    assert.equal(isAskedAnew(one, { ...one, verify: long('c') }), true);
  });
});

describe('a proof', () => {
  const check = (command: string) =>
    ({ kind: 'check', command, exitCode: 0, outputTail: '', durationMs: 1 }) as const;
  const passing = (evidence: Evidence, verify?: string): Feature => ({
    ...featureIn('passing'),
    spec: specOf('F1', verify === undefined ? {} : { verify }),
    state: { status: 'passing', evidence, at: 0 },
  });
  const cases: [string, Feature, string | undefined, boolean][] = [
    ['by its own check, which it has still', passing(check('own'), 'own'), 'all', false],
    ['by a check that it had before', passing(check('old'), 'own'), 'all', true],
    ["by the workspace's check, which that has still", passing(check('all')), 'all', false],
    ["by the workspace's check before", passing(check('old')), 'all', true],
    ["by the workspace's check, where there is none now", passing(check('old')), undefined, false],
    ["by the user's word, where there was no check", passing({ kind: 'user' }), undefined, false],
    ["by the user's word, and there is a check now", passing({ kind: 'user' }), 'all', true],
    ["by a check and the user's word", passing({ kind: 'user', check: check('own') }, 'own'), 'all', false],
    ["by another check and the user's word", passing({ kind: 'user', check: check('old') }), 'all', true],
    ['that there is none of, for it is not passing', featureIn('pending'), 'all', false],
  ];
  for (const [which, feature, workspaceCheck, isAnother] of cases)
    it(`is ${isAnother ? "another check's" : 'good'}: ${which}`, () => {
      assert.equal(isProvedByAnother(feature, workspaceCheck), isAnother);
    });
});
