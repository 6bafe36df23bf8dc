// When the breaker opens, when a probe may go, and what closes it.
import { strict as assert } from 'node:assert';
import {
  afterMend,
  afterProof,
  afterTrouble,
  type Breaker,
  isDue,
  needsPerson,
  nextProbeAt,
  type Proof,
  projectBreaker,
  type Trouble,
  type TroubleCause,
  troubleCauses,
} from '../../../src/core/guardrails/breaker';

const now = 1_000_000;
const refused: Trouble = { cause: 'key', message: 'No such key.' };

/** The breaker after trouble met at `now`, with fence 5 as the last claim. */
function opened(trouble: Trouble = refused): Breaker {
  const event = afterTrouble(null, trouble, 5, now);
  assert.ok(event);
  const breaker = projectBreaker(null, event, now, 5);
  assert.ok(breaker);
  return breaker;
}

describe('the breaker', () => {
  it('opens with what happened, what to do, and a moment for a probe', () => {
    const { mend, ...breaker } = opened();
    assert.match(mend, /^Give a key/);
    assert.deepEqual(breaker, { ...refused, since: now, probeAt: now + 60_000, tries: 0, fence: 5 });
  });

  for (const cause of troubleCauses) {
    it(`names a mend for ${cause}`, () => assert.match(opened({ cause, message: '' }).mend, /^[A-Z].+\.$/));
  }

  it('hears the same trouble once, from however many were at work', () => {
    for (const fence of [3, 4, 5])
      assert.equal(
        afterTrouble(opened(), { ...refused, message: 'other words' }, fence, now + 10),
        undefined,
      );
  });

  it('waits twice as long after each probe that meets it again, up to a quarter of an hour', () => {
    let breaker = opened();
    const waits: number[] = [];
    for (let fence = 6; fence < 12; fence++) {
      const event = afterTrouble(breaker, refused, fence, now);
      assert.equal(event?.type, 'breaker.rescheduled');
      breaker = projectBreaker(breaker, event, now, fence) ?? assert.fail();
      waits.push((breaker.probeAt - now) / 60_000);
    }
    assert.deepEqual(waits, [2, 4, 8, 15, 15, 15]);
  });

  it('looks for a network at least every minute, for that costs nobody anything', () => {
    const away: Trouble = { cause: 'network', message: 'No way.' };
    let breaker = opened(away);
    const waits = [breaker.probeAt - now];
    for (let fence = 6; fence < 11; fence++) {
      const event = afterTrouble(breaker, away, fence, now) ?? assert.fail();
      breaker = projectBreaker(breaker, event, now, fence) ?? assert.fail();
      waits.push(breaker.probeAt - now);
    }
    assert.deepEqual(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('probes this machine sooner than a service', () =>
    assert.equal(opened({ cause: 'disk', message: '' }).probeAt, now + 5_000));

  it('tells another trouble that a probe meets anew', () => {
    const event = afterTrouble(opened(), { cause: 'credit', message: 'No credit.' }, 6, now);
    assert.equal(event?.type, 'breaker.opened');
  });

  const closing: Readonly<Record<TroubleCause, readonly Proof[]>> = {
    key: ['model', 'work'],
    credit: ['model', 'work'],
    service: ['model', 'work'],
    network: ['model', 'work'],
    clock: ['model', 'work'],
    certificate: ['model', 'work'],
    proxy: ['model', 'work'],
    agent: ['model', 'work'],
    editor: ['model', 'work'],
    spawn: ['copy', 'work'],
    files: ['copy', 'work'],
    workspace: ['copy', 'work'],
    git: ['copy', 'work'],
    copies: ['copy', 'work'],
    meeting: ['copy', 'work'],
    disk: ['work'],
    stateFolder: ['work'],
  };
  for (const [cause, proofs] of Object.entries(closing)) {
    it(`is closed for ${cause} by ${proofs.join(' or ')} of a probe`, () => {
      const breaker = opened({ cause: cause as TroubleCause, message: '' });
      for (const proof of ['model', 'copy', 'work'] as const) {
        const event = afterProof(breaker, proof, 6);
        assert.equal(event?.type, proofs.includes(proof) ? 'breaker.closed' : undefined, proof);
        assert.equal(event && projectBreaker(breaker, event, now, 6), event && null);
      }
    });
  }

  const inCommand: Trouble = { cause: 'spawn', message: '', inCommand: true };

  it('is closed for what a command met by an end of a probe only: a worker that begins shows nothing of it', () => {
    const proofs = ['model', 'copy', 'work'] as const;
    const closes = proofs.filter((proof) => afterProof(opened(inCommand), proof, 6) !== undefined);
    assert.deepEqual(closes, ['work']);
  });

  it('opens anew for a command where it was open for less, and not the other way', () => {
    const less = { cause: 'spawn', message: '' } as const;
    assert.equal(afterTrouble(opened(less), inCommand, 6, now)?.type, 'breaker.opened');
    assert.equal(afterTrouble(opened(inCommand), less, 6, now)?.type, 'breaker.rescheduled');
    assert.equal(afterTrouble(opened(inCommand), inCommand, 6, now)?.type, 'breaker.rescheduled');
  });

  it('is not closed by those who were at work before: their answer was on its way already', () =>
    assert.equal(afterProof(opened(), 'model', 5), undefined));

  it('is closed by one that was at work before, waited, and asked again', () => {
    assert.equal(afterProof(opened(), 'model', 5, true)?.type, 'breaker.closed');
    assert.equal(afterProof(opened({ cause: 'disk', message: '' }), 'model', 5, true), undefined);
  });

  it('lets a probe go at once when a person has done something, and begins to count anew', () => {
    const tired = { ...opened(), tries: 4, probeAt: now + 900_000 };
    const event = afterMend(tired, now + 7);
    assert.ok(event);
    const { probeAt, tries } = projectBreaker(tired, event, now + 7, 9) ?? assert.fail();
    assert.deepEqual([probeAt, tries], [now + 7, 0]);
    assert.equal(afterMend(null, now), undefined);
  });

  it('lets no second probe go while one is under way', () => {
    assert.equal(nextProbeAt(opened(), [3, 5]), now + 60_000);
    assert.equal(nextProbeAt(opened(), [3, 6]), undefined);
  });

  it('knows when a moment has come, also when the clock was put back', () => {
    assert.deepEqual(
      [now - 1, now, now + 1, now + 86_400_000].map((at) => isDue(at, now)),
      [true, true, false, true],
    );
  });

  it('needs a person for key, credit, a certificate, an agent that is not there and an editor that does not answer only', () =>
    assert.deepEqual(
      troubleCauses.filter((cause) => needsPerson({ cause, message: '' })),
      ['key', 'credit', 'certificate', 'agent', 'editor'],
    ));
});
