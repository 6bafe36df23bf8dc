// What a client says of its host: what happened, what to do, and whether it goes on by itself.
import { strict as assert } from 'node:assert';
import { damaged } from '../../src/adapters/store/damaged';
import { type Link, OwnerSilent, textForFailure, textForLink } from '../../src/client/link';
import { Failure, type FailureReason } from '../../src/ports/failure';

const owner = { pid: 77, started: '123', startedAt: new Date(2026, 10, 26, 3, 4, 5).getTime() };
const stopped = 'Process 77, started 2026-11-26 03:04:05, owns this folder and does not answer;';

describe('the words for a link to the host', () => {
  const links: { link: Link; says: RegExp | undefined; goesOn?: boolean }[] = [
    { link: { kind: 'connected' }, says: undefined },
    { link: { kind: 'looking', isLong: false }, says: undefined },
    { link: { kind: 'looking', isLong: true }, says: /is gone.* It goes on by itself\.$/, goesOn: true },
    {
      link: { kind: 'looking', isLong: true, because: 'It is watched.' },
      says: /^It is watched\. It goes on by itself\.$/,
      goesOn: true,
    },
    {
      link: { kind: 'silent', owner },
      says: new RegExp(`^${stopped}.* Or end it: kill -9 77$`),
      goesOn: true,
    },
    {
      link: { kind: 'silent', owner: undefined },
      says: /^Another process owns.* Or end that process\.$/,
      goesOn: true,
    },
    {
      link: { kind: 'lost', because: new Failure('removed', '/x/.parallel-agents was taken away') },
      says: /^\/x\/\.parallel-agents was taken away\. The next start begins afresh\.$/,
      goesOn: false,
    },
  ];
  for (const { link, says, goesOn } of links) {
    const isLong = link.kind === 'looking' && link.isLong ? ' for long' : '';
    it(`${says ? 'tell' : 'are silent'} when it is ${link.kind}${isLong}`, () => {
      const words = textForLink(link);
      if (!says) return assert.equal(words, undefined);
      assert.match(`${words?.happened} ${words?.mend}`, says);
      assert.equal(words?.goesOn, goesOn);
    });
  }

  it('say that all can be begun anew where it is the records, and nowhere else', () => {
    const because = damaged('the table "agents" is missing in agents.db');
    for (const words of [textForLink({ kind: 'lost', because }), textForFailure(because)]) {
      assert.match(
        words?.happened ?? '',
        /"agents" is missing in agents\.db\. Nothing was changed\. Start Over/,
      );
      assert.equal(words?.canStartOver, true);
    }
    assert.equal(textForFailure(new Failure('corrupt', 'Its token is gone.')).canStartOver, undefined);
  });

  const mends: [FailureReason, string][] = [
    ['diskFull', 'Free some space on that disk.'],
    ['readOnly', 'Make that disk writable.'],
    ['denied', 'See to it that you may write there.'],
    ['io', 'See to that disk.'],
    ['tooManyOpen', 'Close other programs, or raise the limit of open files (ulimit -n).'],
    ['spawn', 'Close other programs: the system has no room for more.'],
  ];
  for (const [reason, mend] of mends) {
    it(`name the mend of ${reason}, waited for or met at the start`, () => {
      const because = new Failure(reason, 'Could not write in /x');
      assert.deepEqual(textForLink({ kind: 'waiting', because }), {
        happened: 'Could not write in /x.',
        mend: `${mend} It goes on by itself.`,
        goesOn: true,
      });
      assert.deepEqual(textForFailure(because), {
        happened: 'Could not write in /x.',
        mend: `${mend} Then try again.`,
        goesOn: false,
      });
    });
  }

  it('name the owner that does not answer to whoever cannot even join', () => {
    const words = textForFailure(new OwnerSilent(owner));
    assert.ok(words.happened.startsWith(stopped));
    assert.equal(words.owner, owner);
  });
});
