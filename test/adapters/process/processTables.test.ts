// What each system tells about its processes, read from samples and from the system this runs on.
import { strict as assert } from 'node:assert';
import { parseProcesses as parsePs } from '../../../src/adapters/process/psProcessTable';
import { createSystemProcessTable } from '../../../src/adapters/process/systemProcessTable';
import { parseProcesses as parseWindows } from '../../../src/adapters/process/windowsProcessTable';

describe('the process table', () => {
  it('of macOS is read from ps', () => {
    const output = [
      '    1     0     1 Ss   Mon Nov  2 09:15:01 2026     /sbin/launchd',
      ' 4711  4700  4700 S+   Sat Nov 21 18:30:10 2026     node guard.js PATH=/bin PARALLEL_AGENTS_TAG=a/b HOME=/Users/me',
      ' 4712  4711  4700 Z    Sat Nov 21 18:30:11 2026     (sh)',
      'ps: a warning',
      '',
    ].join('\n');
    assert.deepEqual(parsePs(output), [
      row({ pid: 1, group: 1, started: 'Mon Nov  2 09:15:01 2026' }),
      row({ pid: 4711, parent: 4700, group: 4700, started: 'Sat Nov 21 18:30:10 2026', lineage: 'a/b' }),
      row({ pid: 4712, parent: 4711, group: 4700, started: 'Sat Nov 21 18:30:11 2026', zombie: true }),
    ]);
  });

  it('of Windows leaves out a parent that is younger than its child', () => {
    const output = '100 4 134000000000000010\r\n200 100 134000000000000020\r\n300 200 134000000000000015\r\n';
    assert.deepEqual(parseWindows(output), [
      row({ pid: 100, parent: 4, started: '134000000000000010' }),
      row({ pid: 200, parent: 100, started: '134000000000000020' }),
      row({ pid: 300, parent: 0, started: '134000000000000015' }),
    ]);
  });

  it('of this system holds this process, told the same way twice', async () => {
    const table = createSystemProcessTable();
    const found = await table.find(process.pid);
    assert.equal(found?.parent, process.ppid);
    assert.equal(found?.zombie, false);
    assert.deepEqual(
      (await table.list()).find(({ pid }) => pid === process.pid),
      found,
    );
  });

  it('of this system knows no process of an impossible number', async () =>
    assert.equal(await createSystemProcessTable().find(2 ** 30), undefined));
});

function row(told: object) {
  return { parent: 0, group: 0, session: 0, zombie: false, lineage: '', ...told };
}
