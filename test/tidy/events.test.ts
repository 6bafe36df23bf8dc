// Every event type has someone who emits it and a test that names it; none exists on paper only.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { contentOf, productFiles, projectFiles } from '../support/sourceFiles';

const unions = [
  'src/core/events/event.ts',
  'src/core/features/featureChange.ts',
  'src/core/guardrails/breaker.ts',
];
const named =
  /'((?:feature|agent|tool|model|lock|file|copy|verify|limit|throttle|breaker|run|owner|recovery|error)\.[a-z]+)'/gi;

function typesIn(text: string): readonly string[] {
  return [...text.matchAll(named)].map((m) => m[1] ?? '');
}

/** The types that a text makes happen: what stands as the `type` of a value. Who compares or declares one emits nothing. */
function emittedIn(text: string): readonly string[] {
  const made = [...text.matchAll(/(?<!readonly )\btype: ('[a-z]+\.[a-z]+')(?! *\}? *>)/gi)];
  return made.flatMap((m) => typesIn(m[1] ?? ''));
}

const types = [...new Set(unions.flatMap((file) => typesIn(contentOf(file))))].sort();

describe('the event types', () => {
  it('are found at all', () => assert.ok(types.length >= 30, `only ${types.length}`));

  const emitted = new Set(productFiles().flatMap((file) => emittedIn(contentOf(file))));
  const tested = new Set(
    projectFiles()
      .filter((f) => /^test\/.*\.ts$/.test(f) && !f.startsWith('test/tidy/'))
      .flatMap((file) => typesIn(contentOf(file))),
  );
  for (const type of types) {
    it(`${type} is emitted and tested`, () => {
      assert.ok(emitted.has(type), `nobody emits ${type}`);
      assert.ok(tested.has(type), `no test names ${type}`);
    });
  }

  const samples: readonly (readonly [text: string, emitted: readonly string[]])[] = [
    ["append([{ type: 'run.paused', runId: 1 }])", ['run.paused']],
    ["return { ...own, type: 'feature.passed' };", ['feature.passed']],
    ["if (event.type === 'run.paused') return;", []],
    ["case 'run.paused':", []],
    ["| { readonly type: 'run.paused'; readonly runId: number }", []],
    ["Extract<Event, { type: 'run.paused' }>", []],
    ["'feature.passed': { from: ['verifying'] }", []],
  ];
  for (const [text, expected] of samples) {
    it(`count ${expected.length === 0 ? 'nothing' : expected.join()} as emitted by: ${text}`, () =>
      assert.deepEqual(emittedIn(text), expected));
  }
});
