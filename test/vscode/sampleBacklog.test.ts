// The sample backlog: it is a valid one, and what its script writes passes its own checks.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseBacklog } from '../../src/core/features/featureList';
import { cycleProblem } from '../../src/core/graph/backlogGraph';
import { atOnce } from '../../src/core/shared/steps';
import { sampleBacklog, sampleOfflineScript } from '../../src/vscode/sampleBacklog';

describe('the sample backlog', () => {
  it('can be loaded', () => {
    const parsed = atOnce(parseBacklog(JSON.parse(JSON.stringify(sampleBacklog))));
    assert.ok(parsed.ok);
    assert.equal(atOnce(cycleProblem(parsed.specs)), undefined);
  });

  it('has a script for every feature that ends by handing it in', () => {
    assert.deepEqual(
      Object.keys(sampleOfflineScript),
      sampleBacklog.map(({ name }) => name),
    );
    for (const turns of Object.values(sampleOfflineScript)) {
      const last = turns.at(-1);
      assert.ok(last && 'tool' in last && last.tool === 'finish');
    }
  });

  it('passes its own checks with what the script writes, and fails them before', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sample-'));
    const passes = (command: string) => spawnSync(command, { shell: true, cwd: folder }).status === 0;
    try {
      for (const { name, verify } of sampleBacklog) {
        assert.equal(passes(verify), false, `${name} before`);
        for (const turn of sampleOfflineScript[name] ?? []) {
          const input: unknown = 'input' in turn ? turn.input : undefined;
          if (typeof input !== 'object' || input === null || !('path' in input) || !('content' in input))
            continue;
          const file = path.join(folder, String(input.path));
          mkdirSync(path.dirname(file), { recursive: true });
          writeFileSync(file, String(input.content));
        }
        assert.equal(passes(verify), true, `${name} after`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
