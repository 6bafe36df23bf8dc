// Tags in an environment variable, those of outer runs before one's own.
import { strict as assert } from 'node:assert';
import { addTags, carriesTag } from '../../../src/adapters/process/processTag';

describe('process tags', () => {
  const added: [lineage: string | undefined, tags: string[], result: string][] = [
    [undefined, ['a'], 'a'],
    ['', ['a'], 'a'],
    ['a', ['b'], 'a/b'],
    ['a', ['a', 'b'], 'a/b'],
    ['outer/a', ['a', 'b'], 'outer/a/b'],
  ];
  for (const [lineage, tags, result] of added)
    it(`${lineage ?? 'none'} with ${tags} is ${result}`, () =>
      assert.equal(addTags(lineage, ...tags), result));

  const carried: [lineage: string, tag: string, carries: boolean][] = [
    ['a', 'a', true],
    ['a/b/c', 'b', true],
    ['ab/c', 'a', false],
    ['a/b', 'a/b', false],
    ['', '', false],
    ['a', '', false],
    ['a//b', '', false],
  ];
  for (const [lineage, tag, carries] of carried)
    it(`"${lineage}" ${carries ? 'carries' : 'does not carry'} "${tag}"`, () =>
      assert.equal(carriesTag(lineage, tag), carries));
});
