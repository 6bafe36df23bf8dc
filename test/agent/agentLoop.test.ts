// One agent's work from assignment to end, as transcripts of what it asks the hub and hears from it.
import { strict as assert } from 'node:assert';
import { longPatienceMs, maxTries, patienceMs } from '../../src/agent/askAgain';
import { cutShortNote, nudge, systemPrompt } from '../../src/agent/prompts/prompts';
import { codingTools } from '../../src/agent/tools/toolSet';
import type { LimitHit } from '../../src/core/guardrails/budget';
import { refuse } from '../../src/core/shared/result';
import { Failure } from '../../src/ports/failure';
import { createAgentWorld, finished, turn } from './agentWorld';

const finish = ['finish', { summary: 'Built it.' }] as const;
const hit: LimitHit = { limit: 'max_actions', bound: 100 };

describe('agentLoop', () => {
  it('works turn by turn until the feature is handed in', async () => {
    const world = createAgentWorld({
      files: { 'src/login.js': 'let a = 1;\n' },
      command: finished(0, 'all green\n'),
      turns: [
        turn('I look first.', ['read_file', { path: 'src/login.js' }], ['list_files', {}]),
        turn('', ['edit_file', { path: 'src/login.js', edits: [{ old: '1', new: '2' }] }]),
        turn('', ['run_command', { command: 'npm test' }], finish),
      ],
    });
    assert.deepEqual(await world.run(), { kind: 'submitted', verdict: { kind: 'passing' } });
    assert.deepEqual(world.transcript, [
      'running: thinking',
      'permit',
      'model hears its assignment',
      'called in=1 1ms',
      'begin read_file src/login.js: go',
      'running: reading src/login.js',
      'end read_file ok: 1 line 1ms',
      'begin list_files .: go',
      'running: listing the files',
      'end list_files ok: 1 file 1ms',
      'running: thinking',
      'permit',
      'model hears c0: 1\tlet a = 1;',
      'model hears c1: src/login.js',
      'called in=2 1ms',
      'begin edit_file src/login.js: go',
      'running: editing src/login.js',
      'lock src/login.js',
      'write src/login.js on a base: "let a = 2;\\n"',
      'end edit_file ok: Edited src/login.js: 1 edit. 1ms',
      'running: thinking',
      'permit',
      'model hears c0: Edited src/login.js: 1 edit.',
      'called in=3 1ms',
      'begin run_command npm test: go',
      'running: running npm test',
      'command npm test',
      'run npm test in /copy',
      'command ended',
      'end run_command ok: Exit code 0 after 1.5 s 1ms',
      'begin finish: go',
      'running: handing in the work',
      'end finish ok: Built it. 1ms',
      'submit Built it.',
    ]);
    assert.equal(
      world.log(),
      'I look first.\n\n▸ reading src/login.js\n\n▸ listing the files\n\n\n▸ editing src/login.js\n\n\n▸ running npm test\nall green\n\n▸ handing in the work\n',
    );
  });

  it('begins every conversation alike, and only ever adds to it', async () => {
    const world = createAgentWorld({
      turns: [turn('', ['list_files', {}]), turn('', ['list_files', {}]), turn('', finish)],
    });
    await world.run();
    for (const request of world.requests) {
      assert.equal(request.system, systemPrompt);
      assert.deepEqual(
        request.tools,
        codingTools.map(({ spec }) => spec),
      );
    }
    const lengths = world.requests.map(({ messages }) => messages.length);
    assert.deepEqual(lengths, [1, 3, 5]);
    const last = world.requests[2]?.messages ?? [];
    for (const { messages } of world.requests) assert.deepEqual(messages, last.slice(0, messages.length));
  });

  it('begins with the same bytes whoever works on whatever', async () => {
    const begun = await Promise.all(
      ['Log in', 'Log out'].map(async (name) => {
        const world = createAgentWorld({ turns: [turn('', finish)] });
        await world.run({ name });
        const { system, tools, messages } = world.requests[0] ?? assert.fail('nothing was asked');
        assert.match(JSON.stringify(messages), new RegExp(name));
        return JSON.stringify({ system, tools });
      }),
    );
    assert.equal(begun[0], begun[1]);
  });

  it('runs nothing behind finish', async () => {
    const world = createAgentWorld({
      turns: [turn('', finish, ['write_file', { path: 'late.js', content: 'x' }])],
    });
    await world.run();
    assert.equal(world.transcript.at(-1), 'submit Built it.');
    assert.ok(!world.transcript.some((line) => line.includes('late.js')));
  });

  it('gives up when the model does', async () => {
    const world = createAgentWorld({ turns: [turn('', ['give_up', { reason: 'No server to log in to.' }])] });
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason: 'No server to log in to.' });
    assert.deepEqual(world.transcript.slice(-2), [
      'end give_up ok: No server to log in to. 1ms',
      'give up: No server to log in to.',
    ]);
  });

  it('tells the verdict', async () => {
    const verdict = { kind: 'failed', reason: 'exit code 1' } as const;
    assert.deepEqual(await createAgentWorld({ verdicts: [verdict], turns: [turn('', finish)] }).run(), {
      kind: 'submitted',
      verdict,
    });
  });

  it('goes on with work that comes back to it, and hands it in again', async () => {
    const why = 'The user changed a.js at the same place as you.';
    const world = createAgentWorld({
      files: { 'a.js': 'a' },
      verdicts: [{ kind: 'returned', why }, { kind: 'passing' }],
      turns: [turn('', finish), turn('', ['read_file', { path: 'a.js' }]), turn('', finish)],
    });
    assert.deepEqual(await world.run(), { kind: 'submitted', verdict: { kind: 'passing' } });
    assert.deepEqual(
      world.transcript.filter((line) => /^(submit|model hears|begin)/.test(line)),
      [
        'model hears its assignment',
        'begin finish: go',
        'submit Built it.',
        `model hears error c0: ${why}`,
        'begin read_file a.js: go',
        'model hears c0: 1\ta',
        'begin finish: go',
        'submit Built it.',
      ],
    );
  });

  it('hears nothing of what is withheld, whatever file or command it comes from', async () => {
    const secret = 'top-secret-7431';
    const world = createAgentWorld({
      files: { 'notes.txt': `it is ${secret}\n` },
      command: finished(0, `printed ${secret}\n`),
      ready: { withheld: [secret] },
      turns: [
        turn('', ['read_file', { path: 'notes.txt' }], ['run_command', { command: 'npm test' }]),
        turn('', finish),
      ],
    });
    await world.run();
    assert.ok(world.transcript.some((line) => line.includes('it is [key]')));
    assert.equal(JSON.stringify(world.requests).includes(secret), false);
  });

  it('hears what its copy lacks beside its first results, and asks for it only then', async () => {
    let asked = 0;
    const world = createAgentWorld({
      turns: [turn('', ['list_files', {}]), turn('', ['list_files', {}]), turn('', finish)],
      answers: {
        copyReady: async () => {
          asked += 1;
          assert.equal(world.requests.length, 1, 'the model is asked while the copy is made');
          return { withheld: [], unread: { count: 1, paths: ['big.bin'] } };
        },
      },
    });
    await world.run();
    assert.equal(asked, 1);
    const heard = world.transcript.filter((line) => line.includes('big.bin'));
    assert.deepEqual(heard.length, 1);
  });

  describe('answers what it cannot run', () => {
    const names = codingTools.map(({ spec }) => spec.name).join(', ');
    const wrong = 'The call was not run: its input is wrong.\n';
    const cases: [what: string, call: readonly [string, unknown], answer: string][] = [
      ['an unknown tool', ['bash', {}], `There is no tool "bash". The tools are: ${names}.`],
      ['a missing field', ['read_file', {}], `${wrong}input.path: missing`],
      ['a wrong type', ['read_file', { path: 7 }], `${wrong}input.path: expected text, got 7`],
      ['a list', ['read_file', []], `${wrong}input: expected an object, got an empty list`],
      ['an empty last word', ['finish', { summary: ' ' }], 'input.summary: must not be empty'],
    ];
    for (const [what, call, answer] of cases) {
      it(what, async () => {
        const world = createAgentWorld({ turns: [turn('', call), turn('', finish)] });
        assert.equal((await world.run()).kind, 'submitted');
        assert.ok(world.transcript.includes(`model hears error c0: ${answer}`), world.transcript.join('\n'));
        assert.ok(
          world.transcript.some((line) => line.startsWith(`end ${call[0]} failed`)),
          'it counts as a failed call',
        );
      });
    }

    it('input that is not JSON, with the parser’s words', async () => {
      const world = createAgentWorld({ turns: [turn('', ['read_file', '{"path": ']), turn('', finish)] });
      await world.run();
      const told = world.transcript.find((line) => line.startsWith('model hears error c0'));
      assert.match(told ?? '', /The input is not valid JSON \(.*JSON.*\)\. It began: \{"path": $/);
    });
  });

  describe('when the service cannot answer', () => {
    for (const reason of ['rateLimited', 'overloaded', 'unreachable'] as const) {
      it(`asks for the same turn again after ${reason}, through the throttle`, async () => {
        const limited = new Failure(reason, 'too much', { retryAfterMs: 700 });
        const world = createAgentWorld({ turns: [limited, limited, turn('', finish)] });
        assert.equal((await world.run()).kind, 'submitted');
        assert.deepEqual(world.transcript.slice(0, 9), [
          'running: thinking',
          'permit',
          'model hears its assignment',
          'limited too much 700ms',
          'permit',
          'model hears its assignment',
          'limited too much 700ms',
          'permit',
          'model hears its assignment',
        ]);
        assert.deepEqual(world.requests[0]?.messages, world.requests[2]?.messages);
      });
    }

    it('hands its work back after a long outage', async () => {
      const world = createAgentWorld({
        turns: Array.from({ length: maxTries }, () => new Failure('overloaded', 'too much')),
      });
      const message = `The model service did not answer in ${maxTries} tries: too much.`;
      assert.deepEqual(await world.run(), { kind: 'over', why: message });
      assert.equal(world.transcript.at(-1), `hand back (service): ${message}`);
      assert.equal(world.transcript.filter((line) => line === 'permit').length, maxTries);
    });

    it('hands back also work that it has done when the service was busy so often', async () => {
      const world = createAgentWorld({
        turns: [
          turn('', ['list_files', {}]),
          ...Array.from({ length: maxTries }, () => new Failure('rateLimited', 'too much')),
        ],
      });
      assert.equal((await world.run()).kind, 'over');
      assert.match(world.transcript.at(-1) ?? '', /^hand back \(service\)/);
    });

    it('hands its work back when the service cannot be reached for two minutes, however few the tries', async () => {
      const world = createAgentWorld({
        turns: [1, 2, 3].map(() => () => {
          world.pass(patienceMs / 2);
          return new Failure('unreachable', 'A page came back.');
        }),
      });
      await world.run();
      assert.equal(
        world.transcript.at(-1),
        'hand back (service): The model service did not answer in 2 tries: A page came back.',
      );
    });

    const onTheWay = ['noConnection', 'proxy', 'unusable', 'wrongTime', 'untrusted', 'unreachable'] as const;
    for (const reason of onTheWay)
      it(`waits with work that it has done until ${reason} is over, and goes on where it was`, async () => {
        const away = () => {
          world.pass(longPatienceMs / 31);
          return new Failure(reason, 'No way.');
        };
        const world = createAgentWorld({
          files: { 'a.js': 'a' },
          turns: [
            turn('', ['read_file', { path: 'a.js' }]),
            ...Array.from({ length: 30 }, () => away),
            turn('', finish),
          ],
        });
        assert.equal((await world.run()).kind, 'submitted');
        const told = world.transcript.filter((line) => line.startsWith('limited'));
        assert.equal(told.length, 30);
        assert.match(
          told.at(-1) ?? '',
          /^limited No way\. until (service|network|proxy|clock|certificate) is over$/,
        );
        assert.deepEqual(world.requests[1]?.messages, world.requests[31]?.messages);
      });

    it('hands back also work that it has done when it waited for half an hour', async () => {
      const world = createAgentWorld({
        turns: [
          turn('', ['list_files', {}]),
          ...[1, 2, 3].map(() => () => {
            world.pass(longPatienceMs / 2);
            return new Failure('noConnection', 'No way.');
          }),
        ],
      });
      await world.run();
      assert.equal(world.transcript.at(-1), 'hand back (network): No way.');
      assert.equal(world.requests.length, 3);
    });

    it('waits for no new key and no credit: those come with another attempt only', async () => {
      for (const reason of ['unauthorized', 'noCredit'] as const) {
        const world = createAgentWorld({ turns: [turn('', ['list_files', {}]), new Failure(reason, 'No.')] });
        await world.run();
        assert.match(world.transcript.at(-1) ?? '', /^hand back \((key|credit)\)/);
      }
    });

    const outside: [failure: Failure, told: string][] = [
      [new Failure('noConnection', 'No way.'), 'network): No way.'],
      [new Failure('unauthorized', 'invalid key'), 'key): The model service refused the key: invalid key.'],
      [new Failure('notOffered', 'no window offers it'), 'editor): no window offers it.'],
      [new Failure('noCredit', 'no money'), 'credit): The model service wants to be paid first: no money.'],
      [new Failure('unusable', 'A page came back.'), 'service): A page came back.'],
    ];
    for (const [failure, told] of outside) {
      it(`hands its work back at once for ${failure.reason}, with one request`, async () => {
        const world = createAgentWorld({ turns: [failure] });
        assert.equal((await world.run()).kind, 'over');
        assert.equal(world.transcript.at(-1), `hand back (${told}`);
        assert.equal(world.requests.length, 1);
        assert.ok(!world.transcript.some((line) => line.startsWith('give up')));
      });
    }

    it('hands its work back when a tool meets what every agent would meet', async () => {
      const world = createAgentWorld({
        turns: [turn('', ['run_command', { command: 'npm test' }])],
        command: new Failure('spawn', 'Could not start the command guard: spawn EAGAIN'),
      });
      await world.run();
      assert.equal(
        world.transcript.at(-1),
        'hand back (spawn): Could not start the command guard: spawn EAGAIN.',
      );
      assert.ok(world.transcript.some((line) => line.startsWith('end run_command failed')));
    });

    const final: [failure: Failure, reason: string][] = [
      [new Failure('refused', 'not this'), 'the model refused: not this'],
      [
        new Failure('tooLong', '1 > 0'),
        'the very first request is too long for the model, or for what lies between: 1 > 0',
      ],
      [new Failure('badResponse', 'no such field'), 'the model call failed: no such field'],
    ];
    for (const [failure, reason] of final) {
      it(`gives up at once for ${failure.reason}, saying why`, async () => {
        const world = createAgentWorld({ turns: [failure] });
        assert.deepEqual(await world.run(), { kind: 'gaveUp', reason });
        const by = failure.reason === 'refused' ? '' : ' by service';
        const how = failure.reason === 'tooLong' ? `${by} for good` : by;
        assert.equal(world.transcript.at(-1), `give up${how}: ${reason}`);
        assert.ok(!world.transcript.some((line) => line.startsWith('limited')));
      });
    }
  });

  it('tells a conversation that the service calls too long in short, and goes on', async () => {
    const world = createAgentWorld({
      files: { 'a.js': 'let a = 1;\n' },
      turns: [
        turn('I look.', ['read_file', { path: 'a.js' }]),
        turn('', ['edit_file', { path: 'a.js', edits: [{ old: '1', new: '2' }] }]),
        new Failure('tooLong', '1 > 0'),
        turn('', ['write_file', { path: 'a.js', content: 'unseen' }]),
        turn('', finish),
      ],
    });
    assert.equal((await world.run()).kind, 'submitted');
    const [, , , short] = world.requests;
    assert.equal(short?.messages.length, 3);
    assert.match(JSON.stringify(short?.messages[0]), /read_file a\.js: done/);
    assert.ok(
      world.transcript.some((line) => line.startsWith('end write_file failed: a.js exists already')),
      'what it read is out of its sight, so it may not write over it',
    );
  });

  it('gives up for good when that is too long as well: the next attempt would come to the same', async () => {
    const tooLong = new Failure('tooLong', '1 > 0');
    const world = createAgentWorld({ turns: [turn('I look.', ['list_files', {}]), tooLong, tooLong] });
    const reason =
      'the conversation has become too long for the model, also with all but its newest turn told in short: 1 > 0';
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason });
    assert.equal(world.transcript.at(-1), `give up for good: ${reason}`);
  });

  it('gives up when the model refuses, in its words', async () => {
    const refusal = { ...turn('I will not do that.'), stop: 'refused' as const };
    const outcome = await createAgentWorld({ turns: [refusal] }).run();
    assert.deepEqual(outcome, { kind: 'gaveUp', reason: 'the model refused: I will not do that.' });
  });

  it('runs no tool call of a turn that was cut short, and says so to each', async () => {
    const cut = {
      ...turn('', ['write_file', { path: 'a.js', content: 'ha' }], finish),
      stop: 'cutShort' as const,
    };
    const world = createAgentWorld({ turns: [cut, turn('', finish)] });
    assert.equal((await world.run()).kind, 'submitted');
    assert.ok(!world.transcript.some((line) => line.startsWith('write')));
    const heard = world.transcript.filter((line) => line.startsWith('model hears error'));
    assert.deepEqual(heard, [
      `model hears error c0: ${cutShortNote}`,
      `model hears error c1: ${cutShortNote}`,
    ]);
  });

  it('gives up when turns keep being cut short', async () => {
    const cut = { ...turn('So, …'), stop: 'cutShort' as const };
    const outcome = await createAgentWorld({ turns: [cut, cut, cut] }).run();
    assert.deepEqual(outcome, {
      kind: 'gaveUp',
      reason: 'the model reached its output limit 3 times in a row',
    });
  });

  it('reminds a model that calls no tool twice, then gives up with its last words', async () => {
    const world = createAgentWorld({ turns: [turn('Done!'), turn('Really.'), turn('I said done.')] });
    const reason = 'the model stopped without finish or give_up; it last said: I said done.';
    assert.deepEqual(await world.run(), { kind: 'gaveUp', reason });
    assert.equal(world.transcript.filter((line) => line === `model hears ${nudge}`).length, 2);
  });

  it('counts reminders anew once a tool was run', async () => {
    const idle = turn('Hm.');
    const world = createAgentWorld({
      turns: [idle, idle, turn('', ['list_files', {}]), idle, idle, turn('', finish)],
    });
    assert.equal((await world.run()).kind, 'submitted');
  });

  describe('at its limits', () => {
    it('passes a hint on beside the result', async () => {
      const world = createAgentWorld({
        budget: [{ kind: 'hint', text: 'Try another way.' }],
        turns: [turn('', ['list_files', {}]), turn('', finish)],
      });
      await world.run();
      assert.ok(
        world.transcript.includes('model hears c0: There are no files in the workspace.\n\nTry another way.'),
      );
    });

    it('does not run a call it is to wrap up before, and goes on', async () => {
      const world = createAgentWorld({
        budget: [{ kind: 'wrapUp', hit, text: 'Refused: call finish.' }],
        turns: [turn('', ['write_file', { path: 'a.js', content: 'x' }]), turn('', finish)],
      });
      assert.equal((await world.run()).kind, 'submitted');
      assert.ok(world.transcript.includes('model hears error c0: Refused: call finish.'));
      assert.ok(
        !world.transcript.some((line) => line.startsWith('write') || line.startsWith('end write_file')),
      );
    });

    it('ends at a stop without another word to the hub', async () => {
      const world = createAgentWorld({
        budget: [{ kind: 'stop', hit }],
        turns: [turn('', ['list_files', {}], finish)],
      });
      const why = 'stopped at the limit of 100 tool calls an attempt (limits.max_actions)';
      assert.deepEqual(await world.run(), { kind: 'over', why });
      assert.equal(world.transcript.at(-1), 'begin list_files .: stop');
    });
  });

  describe('ends quietly', () => {
    it('when a lock would close a circle', async () => {
      const world = createAgentWorld({
        answers: { lockFile: async () => refuse('wouldDeadlock', 'Agent 2 waits for you.') },
        turns: [turn('', ['write_file', { path: 'a.js', content: 'x' }], finish)],
      });
      assert.deepEqual(await world.run(), { kind: 'over', why: 'Agent 2 waits for you.' });
      assert.equal(world.transcript.at(-1), 'running: writing a.js');
    });

    it('when the hub has closed the attempt, wherever it is', async () => {
      const closed = async () => {
        throw new Failure('closed', 'stopped by you');
      };
      for (const method of [
        'progress',
        'modelPermit',
        'modelCalled',
        'toolBegin',
        'toolEnd',
        'lockFile',
        'submit',
      ] as const) {
        const turns = [turn('', ['claim_file', { path: 'a.js' }], finish)];
        const world = createAgentWorld({ answers: { [method]: closed }, turns });
        assert.deepEqual(await world.run(), { kind: 'over', why: 'stopped by you' }, method);
        assert.ok(!world.transcript.some((line) => line.startsWith('give up')), method);
      }
    });

    it('when it is told to stop while the model speaks', async () => {
      const world = createAgentWorld({
        turns: [
          () => {
            world.stop.abort();
            return turn('', finish);
          },
        ],
      });
      assert.deepEqual(await world.run(), { kind: 'over', why: 'stopped' });
      assert.equal(world.transcript.at(-1), 'model hears its assignment');
    });

    it('when it is told to stop while a command runs, which still reports its end', async () => {
      const world = createAgentWorld({
        answers: {
          commandEnd: async () => {
            world.stop.abort();
            throw new Failure('closed', 'stopped by you');
          },
        },
        command: finished(null, '', { aborted: true }),
        turns: [turn('', ['run_command', { command: 'npm test' }])],
      });
      assert.deepEqual(await world.run(), { kind: 'over', why: 'stopped by you' });
    });
  });

  it('tells the model when the outside fails under a tool, and goes on', async () => {
    const denied = async () => {
      throw new Failure('denied', 'not yours to write');
    };
    const world = createAgentWorld({
      answers: { writeFile: denied },
      turns: [turn('', ['write_file', { path: 'a.js', content: 'x' }]), turn('', finish)],
    });
    assert.equal((await world.run()).kind, 'submitted');
    assert.ok(
      world.transcript.includes('model hears error c0: The tool could not do it: not yours to write'),
    );
  });

  it('lets a bug through', async () => {
    const broken = async () => {
      throw new TypeError('a bug');
    };
    await assert.rejects(
      createAgentWorld({ answers: { toolBegin: broken }, turns: [turn('', finish)] }).run(),
      TypeError,
    );
  });
});
