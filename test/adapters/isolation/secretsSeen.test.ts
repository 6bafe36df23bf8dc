// The values of secret files are known before anybody works in a place that has them.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempPlaces } from './tempPlaces';

describe('secrets in a place', () => {
  it('are there for commands, and told once, also those that come later', async () => {
    const told: string[] = [];
    const tree = {
      '.env': 'A=top-secret-1\n',
      'deep/server.key': 'abcdefghijklmnop1234\n',
      'a.txt': 'B=not-secret-1\n',
    };
    const { workspace, places } = await tempPlaces(tree, { onSecret: (value) => void told.push(value) });
    await places.prepare(1);
    assert.deepEqual([...told].sort(), ['abcdefghijklmnop1234', 'top-secret-1']);
    writeFileSync(path.join(workspace.root, '.env'), 'A=top-secret-1\nB=top-secret-2\n');
    await places.bringUpToDate(1);
    await places.prepare(2);
    assert.deepEqual(told.slice(2), ['top-secret-2']);
  });
});
