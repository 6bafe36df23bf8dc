// What the dashboard may say: intents of the known kinds, and nothing that a forged page could add.
import { strict as assert } from 'node:assert';
import { type FromWebview, fromWebview } from '../../src/protocol/webviewMessages';

const bare = ['ready', 'needSnapshot', 'pause', 'resume', 'stop', 'openBacklog', 'createBacklog'] as const;
const onFeature = ['retry', 'showChanges', 'confirm', 'reject', 'openFeature'] as const;
const onAgents = ['start', 'setAgents'] as const;

/** One of each type; typed by the union, so that a new message does not compile until it is here. */
const messages: { readonly [T in FromWebview['type']]: Extract<FromWebview, { type: T }> } = {
  ready: { type: 'ready' },
  needSnapshot: { type: 'needSnapshot' },
  start: { type: 'start', maxAgents: 3 },
  setAgents: { type: 'setAgents', maxAgents: 5 },
  pause: { type: 'pause' },
  resume: { type: 'resume' },
  stop: { type: 'stop' },
  retry: { type: 'retry', featureId: 1 },
  confirm: { type: 'confirm', featureId: 1 },
  showChanges: { type: 'showChanges', featureId: 1 },
  reject: { type: 'reject', featureId: 1 },
  openFeature: { type: 'openFeature', featureId: 1 },
  openFile: { type: 'openFile', path: 'src/a.ts' },
  openBacklog: { type: 'openBacklog' },
  createBacklog: { type: 'createBacklog' },
};

const accepts = (value: unknown) => fromWebview.safeParse(value).success;

describe('fromWebview', () => {
  for (const message of Object.values(messages)) {
    it(`takes ${message.type}, and no field more`, () => {
      assert.deepEqual(fromWebview.parse(JSON.parse(JSON.stringify(message))), message);
      for (const extra of ['command', 'uri', 'constructor', 'maxAgents2']) {
        assert.ok(!accepts({ ...message, [extra]: 1 }), extra);
      }
      assert.ok(!accepts(JSON.parse(JSON.stringify(message).replace('{', '{"__proto__":{"a":1},'))));
    });
  }

  it('was tried with every message', () => {
    assert.deepEqual(
      Object.keys(messages).toSorted(),
      fromWebview.options.map((option) => option.shape.type.value).toSorted(),
    );
    assert.equal(Object.keys(messages).length, bare.length + onFeature.length + onAgents.length + 1);
  });

  const refused: [what: string, value: unknown][] = [
    ...[undefined, null, 'ready', 1, [], ['ready']].map((value): [string, unknown] => ['no object', value]),
    ['nothing', {}],
    ...['unknown', '', 'Ready', '__proto__', 'snapshot', 'events', 1, null].map((type): [string, unknown] => [
      'an unknown type',
      { type },
    ]),
    ...onAgents.flatMap((type) =>
      [0, -1, 65, 999, 1.5, '3', null, Number.NaN, undefined].map((maxAgents): [string, unknown] => [
        `${type} with ${maxAgents}`,
        { type, maxAgents },
      ]),
    ),
    ...onFeature.flatMap((type) =>
      [0, -1, 1.5, '1', null, {}, Number.NaN, Number.POSITIVE_INFINITY, undefined].map(
        (featureId): [string, unknown] => [`${type} of ${featureId}`, { type, featureId }],
      ),
    ),
    ...['x'.repeat(10_001), 1, null, undefined, ['a']].map((path): [string, unknown] => [
      'openFile of no path',
      { type: 'openFile', path },
    ]),
    ...bare.map((type): [string, unknown] => [`${type} about a feature`, { type, featureId: 1 }]),
  ];
  for (const [what, value] of refused) {
    it(`refuses ${what}: ${JSON.stringify(value)?.slice(0, 60)}`, () => assert.ok(!accepts(value)));
  }
});
