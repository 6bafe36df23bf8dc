// The machine's cores, as the system under the tests tells of them and as others might.
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createNodeCores } from '../../../src/adapters/system/nodeCores';

describe('the cores', () => {
  it('are as many as this process may use', () =>
    assert.equal(createNodeCores().count, availableParallelism()));

  const files: [text: string, wanted: number | undefined][] = [
    ['0.20 0.18 0.12 3/294 11206\n', 2],
    ['12.00 9.93 6.62 1/94 9216\n', 0],
    ['0.00 0.00 0.00 0/0 0\n', undefined],
    ['nothing of the kind', undefined],
  ];
  for (const [text, wanted] of files) {
    it(`are wanted by ${wanted} others where the system says ${JSON.stringify(text)}`, () => {
      const dir = mkdtempSync(path.join(tmpdir(), 'pa-cores-'));
      try {
        writeFileSync(path.join(dir, 'load'), text);
        assert.equal(createNodeCores(path.join(dir, 'load')).wanted(), wanted);
      } finally {
        rmSync(dir, { recursive: true });
      }
    });
  }

  it('are not told of where there is no such file', () =>
    assert.equal(createNodeCores('/nowhere/at/all').wanted(), undefined));
});
