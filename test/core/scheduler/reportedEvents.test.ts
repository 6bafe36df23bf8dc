// What a report needs of a run's events, in stretches of any length, makes the same report.
import { strict as assert } from 'node:assert';
import { reportedOf } from '../../../src/core/scheduler/reportedEvents';
import { reportRun } from '../../../src/core/scheduler/reportRun';
import { History, storyOfARun } from '../../support/history';

describe('reportedOf', () => {
  const { events, snapshot } = interrupted(storyOfARun('not ok 1\n'.repeat(50)));
  const { run } = snapshot;
  assert.ok(run);
  const ofRun = events.filter(({ seq }) => seq >= run.startedSeq);
  const now = { at: (ofRun.at(-1)?.at ?? 0) + 1000 };

  for (const length of [1, 2, 3, 7, 1000]) {
    it(`leaves a report as it is, in stretches of ${length}`, () => {
      const stretches = Array.from({ length: Math.ceil(ofRun.length / length) }, (_, k) =>
        ofRun.slice(k * length, (k + 1) * length),
      );
      const whole = reportRun(snapshot, run, ofRun, now, 2);
      assert.equal(whole.interruptions?.count, 1);
      assert.ok((whole.cores?.cpuMs ?? 0) > 0, 'no CPU time is told');
      assert.deepEqual(reportRun(snapshot, run, stretches.flatMap(reportedOf), now, 2), whole);
    });
  }

  it('leaves out turns and what begins, and every text', () => {
    const reported = reportedOf(ofRun);
    assert.ok(ofRun.some((e) => e.type === 'model.called') && ofRun.some((e) => e.type === 'verify.started'));
    assert.deepEqual(
      reported.filter((e) => e.type === 'model.called' || e.type === 'verify.started'),
      [],
    );
    assert.ok(!JSON.stringify(reported).includes('not ok'));
  });
});

/** The story, with another host going on with it some time after its last event but one. */
function interrupted(story: History): History {
  const history = new History();
  for (const { events } of story.commits.slice(0, -2)) history.record(events);
  const used = { durationMs: 900, cpuMs: 800, coreWaitMs: 50, ...own };
  const proof = { command: 'npm test', passed: false, exitCode: 1, timedOut: false, outputTail: 'not ok' };
  history.record([
    { type: 'tool.used', tool: 'run_command', ok: true, summary: 'not ok', ...used },
    { type: 'verify.finished', ...proof, ...used },
  ]);
  history.record([{ type: 'agent.progress', status: 'running', step: 'at work', ...own }]);
  history.wait(60);
  history.record([{ type: 'owner.changed', epoch: 2, process: { pid: 4343, started: '2' }, face: 'cli' }]);
  return history;
}

const own = { slot: 1, featureId: 1, attempt: 2, fence: 2 };
