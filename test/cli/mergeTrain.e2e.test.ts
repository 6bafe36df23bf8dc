// Checks beside each other in real processes: each is run on what those ahead of it are about to publish.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cleanUpAfterEach } from '../support/cleanUp';
import { type ExternalEvent, parseEvents, readTree, startCli, userWith } from '../support/cli';
import { gateFor } from '../support/gate';
import { call, finish, writeProject } from '../support/smallProject';

describe('checks beside each other', () => {
  const cleanUp = cleanUpAfterEach();

  /**
   * The second feature is handed in once the first one's check runs, which ends so when the second one's has ended. Each check
   * tells what it finds in `src`.
   */
  async function race(firstExit: number, tells = 'echo found: $(ls src)') {
    const [firstRuns, secondIsOver] = [await gateFor(cleanUp), await gateFor(cleanUp)];
    const { dir, remove } = await writeProject({
      files: { 'src/common.txt': 'common', 'src/old.txt': 'old', '.gitignore': 'dist/\n' },
      features: [
        {
          name: 'One',
          files: ['src/new.txt', 'src/old.txt'],
          verify: `${tells}; ${secondIsOver.command}; exit ${firstExit}`,
        },
        { name: 'Two', files: ['src/two.txt'], verify: tells },
      ],
      script: {
        One: [
          call('write_file', { path: 'src/new.txt', content: 'new' }),
          call('read_file', { path: 'src/old.txt' }),
          call('delete_file', { path: 'src/old.txt' }),
          finish,
        ],
        Two: [firstRuns.wait, call('write_file', { path: 'src/two.txt', content: 'two' }), finish],
      },
    });
    cleanUp.push(remove);
    const env = userWith({
      'commands.allow': [firstRuns.command],
      'limits.max_retries': 0,
      'verify.parallel': 2,
    });
    const run = startCli(['run', '--project-dir', dir, '--max-agents', '2', '--json'], env);
    run.onLine((line) => {
      const [event] = parseEvents([line]);
      if (event?.type === 'verify.started' && event.featureId === 1) firstRuns.open();
      if (event?.type === 'verify.finished' && event.featureId === 2) secondIsOver.open();
    });
    const { code } = await run.ended;
    return {
      code,
      notes: run.notes,
      events: parseEvents(run.lines),
      files: Object.keys(await readTree(dir)),
    };
  }

  const foundBy = (events: readonly ExternalEvent[], featureId: number) =>
    events.flatMap((e) =>
      e.type === 'verify.finished' && e.featureId === featureId && e.slot !== 0
        ? [String(e.outputTail).trim()]
        : [],
    );

  it('are run once each, and what they were run on is what the workspace becomes', async () => {
    const { code, notes, events, files } = await race(0);
    assert.equal(code, 0, notes.join('\n'));
    assert.deepEqual(foundBy(events, 1), ['found: common.txt new.txt']);
    assert.deepEqual(foundBy(events, 2), ['found: common.txt new.txt two.txt']);
    const passed = events.flatMap((e) => (e.type === 'feature.passed' ? [e.featureId] : []));
    assert.deepEqual(passed, [1, 2]);
    assert.deepEqual(files.filter((file) => file.startsWith('src/')).sort(), [
      'src/common.txt',
      'src/new.txt',
      'src/two.txt',
    ]);
  });

  it('are run again on nothing that was built of work ahead of them that fails', async () => {
    const builds = 'mkdir -p dist; for f in $(ls src); do [ -e dist/$f ] || cp src/$f dist/$f; done';
    const { events, files } = await race(1, `${builds}; echo found: $(ls dist)`);
    assert.deepEqual(foundBy(events, 2), [
      'found: common.txt new.txt two.txt',
      'found: common.txt old.txt two.txt',
    ]);
    assert.deepEqual(
      files.filter((file) => file.startsWith('dist/')),
      [],
    );
  });

  it('are run again where work ahead of them fails, of which nothing is left', async () => {
    const { code, notes, events, files } = await race(1);
    assert.equal(code, 1, notes.join('\n'));
    assert.deepEqual(foundBy(events, 2), [
      'found: common.txt new.txt two.txt',
      'found: common.txt old.txt two.txt',
    ]);
    const ends = events.filter((e) => e.type === 'feature.passed' || e.type === 'feature.failed');
    assert.deepEqual(
      ends.map((e) => `${e.type} ${e.featureId}`),
      ['feature.failed 1', 'feature.passed 2'],
    );
    assert.deepEqual(files.filter((file) => file.startsWith('src/')).sort(), [
      'src/common.txt',
      'src/old.txt',
      'src/two.txt',
    ]);
  });
});
