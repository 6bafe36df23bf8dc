// The driver of agents of other makers, against a fake one that speaks the protocol as a process of its own.
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { refuse } from '../../../src/core/shared/result';
import { Failure } from '../../../src/ports/failure';
import { createExternalWorld, type ExternalWorld } from './externalWorld';

const edit = { edit: 'a.txt', content: 'a' };

describe('an agent of another maker', () => {
  let world: ExternalWorld;
  const begin = (...args: Parameters<typeof createExternalWorld>): ExternalWorld => {
    world = createExternalWorld(...args);
    return world;
  };
  const logs: string[] = [];
  const heardAt = (): string => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pa-heard-'));
    logs.push(folder);
    return path.join(folder, 'heard');
  };
  /** What its last prompt said. */
  const heard = (log: string): string => JSON.parse(readFileSync(log, 'utf8')).text;
  const asked = (pattern: RegExp) => world.transcript.filter((line) => pattern.test(line));

  afterEach(() => {
    world.remove();
    for (const folder of logs.splice(0)) rmSync(folder, { recursive: true });
  });

  it('is counted, locked and taken in order, and its last words are its summary', async () => {
    const { run, transcript } = begin([[edit, { run: 'npm test' }, { say: 'Built ' }, { say: 'it.' }]]);
    assert.deepEqual(await run(), { kind: 'submitted', verdict: { kind: 'passing' } });
    assert.deepEqual(
      transcript.map((line) => line.replace(/[\d.]+ms/, 'n ms').replace(/(begin edit_file) .*:/, '$1:')),
      [
        'running: starting Mine',
        'running: thinking',
        'permit',
        'running: editing a.txt',
        'begin edit_file: go',
        'lock a.txt',
        'end edit_file ok: Edit a.txt n ms',
        'running: running npm test',
        'begin run_command npm test: go',
        'command npm test',
        'command ended',
        'end run_command failed: `npm test` n ms',
        'called in=0 n ms',
        'submit Built it.',
      ],
    );
  });

  it('is over when a lock would deadlock, with its agent ended', async () => {
    begin([[edit, { hang: true }]], {
      answers: { lockFile: async () => refuse('wouldDeadlock', 'It would deadlock.') },
    });
    assert.deepEqual(await world.run(), { kind: 'over', why: 'It would deadlock.' });
    assert.deepEqual(asked(/^(submit|give)/), []);
  });

  it('is over when the hub says so, whatever it is about', async () => {
    const closed = async (): Promise<never> => {
      throw new Failure('closed', 'The attempt is over.');
    };
    begin([[edit, { hang: true }]], { answers: { toolBegin: closed } });
    assert.deepEqual(await world.run(), { kind: 'over', why: 'The attempt is over.' });
  });

  it('is over when it is stopped, though it heeds nothing', async () => {
    const { run, stop } = begin([[{ ignoreCancel: true }, edit, { hang: true }]], {
      answers: { toolEnd: async () => stop.abort() },
    });
    assert.equal((await run()).kind, 'over');
  });

  it('is told of a limit by a refusal and its next prompt, and stopped where it does not heed it', async () => {
    const hit = { limit: 'max_file_edits', bound: 1 } as const;
    const log = heardAt();
    begin([[edit], [{ log }, { say: 'Too little room.' }]], {
      budget: [{ kind: 'wrapUp', hit, text: 'finish' }],
    });
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason: 'Too little room.' });
    assert.match(heard(log), /You have reached the limit of 1 file edits.*End your turn now/);
    world.remove();
    begin([[edit, edit, { hang: true }]], {
      budget: [
        { kind: 'wrapUp', hit, text: 'finish' },
        { kind: 'stop', hit },
      ],
    });
    assert.match(JSON.stringify(await world.run()), /stopped at the limit of 1 file edits/);
  });

  it('may run one command at a time, and none that nobody can read', async () => {
    let endFirst = () => {};
    const summaries: string[] = [];
    begin(
      [
        [{ together: [{ begin: 'npm test' }, { run: 'npm run lint' }] }],
        [{ ask: { kind: 'execute', title: 'x' } }, edit],
      ],
      {
        after: (_, wake) => {
          endFirst = wake;
          return () => {};
        },
        answers: {
          toolEnd: async ({ tool, summary }) => {
            if (tool === 'run_command') summaries.push(summary);
            if (summary.startsWith('Another')) endFirst();
          },
        },
      },
    );
    assert.equal((await world.run()).kind, 'submitted');
    assert.deepEqual(asked(/^command/), ['command npm test', 'command ended']);
    assert.deepEqual(summaries, [
      'Another command of yours still runs; run this one when it has ended.',
      'npm test',
      'It was not said which command would be run.',
    ]);
  });

  it('is cut off at a command that takes too long, and told', async () => {
    const log = heardAt();
    const after = (ms: number, wake: () => void) => {
      assert.equal(ms, 60_000);
      setImmediate(wake);
      return () => {};
    };
    begin([[{ begin: 'npm test' }], [{ log }, edit]], { after });
    assert.equal((await world.run()).kind, 'submitted');
    assert.match(heard(log), /^`npm test` took longer than its time limit of 60 s and was stopped\./);
    assert.deepEqual(asked(/^command/), ['command npm test', 'command ended']);
  });

  for (const [stop, reason] of [
    ['max_tokens', /^it ended 3 turns without doing anything/],
    ['cancelled', /^it ended 3 turns without doing anything/],
    ['refusal', /^it refused: I will not\./],
  ] as const)
    it(`gives up where its turns end with ${stop} and nothing is done`, async () => {
      begin([[{ say: 'I will not.' }, { end: stop }]]);
      const outcome = await world.run();
      assert.equal(outcome.kind, 'gaveUp');
      assert.match(outcome.kind === 'gaveUp' ? outcome.reason : '', reason);
    });

  it('is asked again after a turn that was cut short but did something', async () => {
    begin([[edit, { end: 'max_tokens' }], [{ say: 'Now it is built.' }]]);
    assert.equal((await world.run()).kind, 'submitted');
    assert.equal(asked(/^permit/).length, 2);
  });

  it('gives up when its work comes back for the same reason and it changes nothing more', async () => {
    begin([[edit], [{ say: 'I cannot.' }]], { verdicts: [{ kind: 'returned', why: 'It does not fit.' }] });
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason: 'I cannot.' });
    assert.equal(asked(/^submit/).length, 2);
  });

  it('gives up with words of its own that are no trouble of everyone', async () => {
    begin([[{ error: { code: -32603, message: 'Bad request' } }]]);
    assert.deepEqual(await world.run(), {
      kind: 'gaveUp',
      reason: 'Mine could not go on: Mine: Bad request',
    });
    assert.match(asked(/^give up/)[0] ?? '', /^give up by service/);
  });

  for (const [kind, says] of [
    ['authentication_failed', /^hand back \(agent\): Mine is not logged in/],
    ['billing_error', /^hand back \(credit\):/],
  ] as const)
    it(`hands its feature back at ${kind}`, async () => {
      begin([[{ error: { code: -32603, message: 'No', data: { errorKind: kind } } }]]);
      assert.equal((await world.run()).kind, 'over');
      assert.match(asked(/^hand back/)[0] ?? '', says);
    });

  it('waits with what it has done while its service is away, and hands back at once where that is nothing', async () => {
    const error = { code: -32603, message: 'fetch failed: connect ECONNREFUSED 10.0.0.1:443' };
    begin([[edit, { error }], [{ say: 'Built.' }]]);
    assert.equal((await world.run()).kind, 'submitted');
    assert.deepEqual(asked(/^(limited|submit)/), [
      `limited Mine: ${error.message} until network is over`,
      'submit Built.',
    ]);
    world.remove();
    const verdicts = [{ kind: 'returned', why: 'Not so.' }, { kind: 'passing' }] as const;
    begin([[edit], [{ error }], [{ edit: 'b.txt', content: 'b' }]], { verdicts });
    assert.equal((await world.run()).kind, 'submitted');
    assert.equal(asked(/^limited .* until network is over$/).length, 1);
    world.remove();
    begin([[{ error }]]);
    assert.equal((await world.run()).kind, 'over');
    assert.deepEqual(asked(/^(limited|hand back|give)/), [`hand back (network): Mine: ${error.message}.`]);
  });

  it('hands its feature back when its service was busy twenty times in a row', async () => {
    begin([[{ error: { code: -32603, message: 'Rate limit reached. Please try again in 1.5s.' } }]]);
    assert.equal((await world.run()).kind, 'over');
    const limited = asked(/^limited/);
    assert.equal(limited.length, 19);
    assert.match(limited[0] ?? '', / 1500ms$/);
    assert.match(
      asked(/^hand back/)[0] ?? '',
      /^hand back \(service\): The model service did not answer in 20 tries: Mine: Rate limit/,
    );
  });

  it('is lost when it dies, and handed back when it does not even begin', async () => {
    begin([[edit, { crash: 3 }]]);
    await world.run();
    assert.match(asked(/^lost/)[0] ?? '', /^lost: Mine ended with code 3 in the midst/);
    world.remove();
    begin([], { how: 'die' });
    await world.run();
    assert.match(asked(/^hand back/)[0] ?? '', /^hand back \(agent\): Mine ended with code 7/);
  });

  it('hands its feature back where no session opens, with its own words for why', async () => {
    begin([], { how: 'badsettings' });
    await world.run();
    assert.match(asked(/^hand back/)[0] ?? '', /^hand back \(agent\): Mine: Internal error: no such model/);
  });

  it('is lost when the program behind it dies, or somebody ends it before it has begun', async () => {
    const message = 'Internal error: The agent process exited unexpectedly.';
    begin([[edit, { error: { code: -32603, message } }]]);
    await world.run();
    assert.match(asked(/^lost/)[0] ?? '', /^lost: Mine: Internal error: The agent process exited/);
    world.remove();
    begin([[edit, { error: { code: 1001, message: 'Its session was lost.' } }]]);
    await world.run();
    assert.match(asked(/^lost/)[0] ?? '', /^lost: Mine: Its session was lost/);
    world.remove();
    begin([], { how: 'killed' });
    await world.run();
    assert.match(asked(/^lost/)[0] ?? '', /^lost: Mine was ended by a signal/);
    world.remove();
    begin([], { how: 'behindkilled' });
    await world.run();
    assert.match(asked(/^lost/)[0] ?? '', /^lost: Mine: Oh: It was terminated/);
  });
});
