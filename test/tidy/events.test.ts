// Every event type has someone who emits it and a test that names it; none exists on paper only.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { contentOf, productFiles, projectFiles } from '../support/sourceFiles';

const unions = ['src/core/events/event.ts', 'src/core/features/featureChange.ts'];
const named =
  /'((?:feature|agent|tool|model|lock|file|verify|limit|throttle|run|owner|recovery|error)\.[a-z]+)'/gi;
/** These read events; naming a type there does not make it happen. */
const readers = [
  'src/core/events/',
  'src/core/features/feature',
  'src/core/scheduler/reportRun.ts',
  'src/protocol/',
  'src/cli/',
  'src/vscode/',
];

function typesIn(file: string): readonly string[] {
  return [...contentOf(file).matchAll(named)].map((m) => m[1] ?? '');
}

const types = [...new Set(unions.flatMap(typesIn))].sort();

describe('the event types', () => {
  it('are found at all', () => assert.ok(types.length >= 30, `only ${types.length}`));

  const emitted = new Set(
    productFiles()
      .filter((file) => !readers.some((reader) => file.startsWith(reader)))
      .flatMap(typesIn),
  );
  const tested = new Set(
    projectFiles()
      .filter((f) => /^test\/.*\.ts$/.test(f) && !f.startsWith('test/tidy/'))
      .flatMap(typesIn),
  );
  for (const type of types) {
    it(`${type} is emitted and tested`, () => {
      assert.ok(emitted.has(type), `nobody emits ${type}`);
      assert.ok(tested.has(type), `no test names ${type}`);
    });
  }
});
