// Two providers in one run, one of which will not be asked: the other's features are built, and nothing is counted.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chatStreamed } from '../support/chatCompletions';
import { cleanUpAfterEach } from '../support/cleanUp';
import { parseEvents, runCli, startCli, userWith } from '../support/cli';
import {
  type FakeAnswer,
  type FakeContent,
  type RecordedRequest,
  startFakeMessagesApi,
  streamed,
} from '../support/fakeMessagesApi';
import { writeProject } from '../support/smallProject';

const credit: FakeAnswer = {
  kind: 'status',
  status: 400,
  type: 'invalid_request_error',
  message: 'Your credit balance is too low to access the Anthropic API.',
};
const revoked: FakeAnswer = {
  kind: 'status',
  status: 401,
  type: 'authentication_error',
  message: 'invalid x-api-key',
};

/** The next turn of a feature: a file named after it, then the end. */
function work({ body, text }: RecordedRequest): readonly FakeContent[] {
  const turn = body.messages.filter(({ role }) => role === 'assistant').length;
  const name = /# Feature \d+: (\w+)/.exec(text)?.[1] ?? 'none';
  const id = `call_${name}_${turn}`;
  if (turn > 0) return [{ tool: 'finish', id, json: '{"summary":"done"}' }];
  return [{ tool: 'write_file', id, json: JSON.stringify({ path: `${name}.txt`, content: 'x' }) }];
}

describe('a run with two providers', () => {
  const cleanUp = cleanUpAfterEach();

  const troubles: readonly (readonly [string, FakeAnswer, number, RegExp])[] = [
    ['has no credit left', credit, 0, /Waiting for Anthropic: .*credit balance is too low.* Add credit/],
    [
      'no longer takes its key, from the midst of the run on',
      revoked,
      2,
      /Waiting for Anthropic: .*refused the key.* Give a key/,
    ],
  ];
  for (const [what, refusal, answered, says] of troubles) {
    it(`goes on with one where the other ${what}, one agent at a time as well`, async () => {
      const features = [
        { name: 'one', verify: 'true', priority: 1 },
        { name: 'two', verify: 'true', priority: 2 },
        ...['three', 'four'].map((name) => ({ name, verify: 'true', model: 'mine/m', priority: 3 })),
      ];
      const { dir, remove } = await writeProject({ features, script: {} });
      cleanUp.push(remove);
      let left = answered;
      const mine = await startFakeMessagesApi((request) => chatStreamed(work(request)));
      const other = await startFakeMessagesApi((request) =>
        left-- > 0 ? streamed(work(request), { stop: 'tool_use' }) : refusal,
      );
      cleanUp.push(() => mine.close());
      cleanUp.push(() => other.close());
      const providers = {
        anthropic: { baseUrl: other.baseUrl },
        mine: { baseUrl: mine.baseUrl, keyVariable: 'MY_KEY' },
      };
      const env = {
        ANTHROPIC_API_KEY: 'sk-test-0123456789',
        MY_KEY: 'my-key-0123456789',
        ...userWith({ providers }),
      };
      const args = ['run', '--project-dir', dir, '--max-agents', '1', '--json'];
      const { code, lines, notes } = await runCli(args, env);
      assert.equal(code, 1);
      const events = parseEvents(lines);
      const passed = events.filter((e) => e.type === 'feature.passed').map((e) => e.featureId);
      assert.deepEqual(passed, answered === 0 ? [3, 4] : [1, 3, 4]);
      assert.deepEqual(
        events.filter((e) => /^feature\.(failed|retried|skipped)$/.test(e.type)),
        [],
      );
      const opened = events.filter((e) => e.type === 'breaker.opened');
      assert.deepEqual(
        opened.map((e) => e.account),
        ['anthropic'],
      );
      assert.match(notes.join('\n'), /nothing was counted against any feature/);
      // In words for people, in a run of its own: the open ones are asked again.
      const again = await runCli(args.slice(0, -1), env);
      assert.match(again.lines.join('\n'), says);
    });
  }
});

describe('a service that is away for a while', () => {
  const cleanUp = cleanUpAfterEach();

  it('is waited for in the midst of a feature, whose agent goes on with its next question', async () => {
    const { dir, remove } = await writeProject({ features: [{ name: 'one', verify: 'true' }], script: {} });
    cleanUp.push(remove);
    const answer = (request: RecordedRequest) => streamed(work(request), { stop: 'tool_use' });
    const first = await startFakeMessagesApi((request) => {
      if (request.body.messages.length === 1) return answer(request);
      void first.close();
      return new Promise(() => {}); // with its connection it is gone
    });
    const { baseUrl } = first;
    const user = userWith({ providers: { anthropic: { baseUrl } } });
    const run = startCli(['run', '--project-dir', dir, '--json'], {
      ANTHROPIC_API_KEY: 'sk-test-0123456789',
      ...user,
    });
    const back = new Promise<Awaited<ReturnType<typeof startFakeMessagesApi>>>((resolve) => {
      run.onLine((line) => {
        if (line.includes('"breaker.opened"'))
          resolve(startFakeMessagesApi(answer, Number(new URL(baseUrl).port)));
      });
    });
    cleanUp.push(async () => (await back).close());
    const { code } = await run.ended;
    assert.equal(code, 0, run.notes.join('\n'));
    const events = parseEvents(run.lines);
    assert.deepEqual(
      events.flatMap((e) => (e.type.startsWith('breaker.') ? [[e.type, e.cause]] : [])),
      [
        ['breaker.opened', 'network'],
        ['breaker.closed', 'network'],
      ],
    );
    assert.equal(events.filter((e) => e.type === 'feature.claimed').length, 1);
    assert.equal(events.filter((e) => e.type === 'feature.yielded').length, 0);
    const asked = (await back).requests.map(({ body }) => body.messages.length);
    assert.deepEqual(asked, [3], 'what was answered before is not asked again');
    const steps = events.flatMap((e) => (e.type === 'agent.progress' ? [String(e.step)] : []));
    assert.ok(
      steps.some((step) => /^waiting for Anthropic: .*ECONNREFUSED/.test(step)),
      steps.join('\n'),
    );
  });
});
