// The wire: every method with a message that passes, and what is refused around it.
import { strict as assert } from 'node:assert';
import type { z } from 'zod';
import { emptySnapshot } from '../../src/core/events/snapshot';
import { headOf } from '../../src/core/events/snapshotParts';
import { modelAliases } from '../../src/core/models/models';
import { defaultLimits, defaultRunSettings } from '../../src/core/settings/runSettings';
import { clientMethods, maxFrameBytes, toClientNotices } from '../../src/protocol/hubMethods';
import type { Method, Notice } from '../../src/protocol/method';
import { modelTurn, turnCancelled, turnTold } from '../../src/protocol/modelTurns';
import { toWorkerNotices, workerMethods, workerNotices } from '../../src/protocol/workerMethods';

interface Example {
  readonly params: Readonly<Record<string, unknown>>;
  /** Fields that may be left out. */
  readonly optional?: readonly string[];
  /** Values that the field of that name must refuse, beside those that no field takes. */
  readonly refused?: Readonly<Record<string, readonly unknown[]>>;
  readonly results: readonly unknown[];
}

const ok = (value: unknown) => ({ ok: true, value });
const no = { ok: false, error: { code: 'locked', message: 'Busy.' } };
const text = (length: number) => 'x'.repeat(length);
const notCounts = [0, -1, 1.5, 2 ** 60];
const hash = text(64);
const event = { type: 'feature.freed', featureId: 1, seq: 1, at: 1 };

const assignment = {
  slot: 1,
  featureId: 2,
  attempt: 1,
  fence: 3,
  name: 'A',
  description: '',
  category: 'default',
  experts: { roles: [], checklists: [] },
  declaredFiles: ['src/a.ts'],
  verifyCommand: 'npm test',
  allowedCommands: [],
  secretFiles: [],
  model: 'offline',
  lastFailure: 'no',
  limits: defaultLimits,
  copyDir: '/w/slots/1',
  reattachGraceMs: 60_000,
  tag: 't-3',
  offline: { ok: true, turns: [{ say: 'hi' }, { tool: 'finish', input: { summary: 's' }, delayMs: 1 }] },
  endpoint: {
    kind: 'anthropic',
    apiKey: 'k',
    baseUrl: 'http://localhost',
    proxies: { https: { address: 'http://p:8080', from: 'HTTPS_PROXY' }, except: ['localhost'] },
  },
  agent: {
    ok: true,
    start: {
      title: 'A',
      argv: ['/bin/a'],
      env: {},
      login: 'a login',
      manners: {
        mode: 'm',
        meta: { a: 1 },
        settings: { variable: 'A_CONFIG', value: { b: true } },
        hook: 'codex',
        asksFirst: 'changes',
        writesItself: true,
        keepsCommands: true,
        writesAsAsked: true,
        commandsIn: 'title',
        tokensOf: 'lastCall',
        passwords: ['A_PASSWORD'],
      },
    },
  },
};

const ofWorker: { readonly [K in keyof typeof workerMethods]: Example } = {
  hello: { params: { protocol: 1, pid: 7 }, refused: { pid: [1.5] }, results: [assignment] },
  progress: {
    params: { status: 'running', step: 'reading', progress: 50 },
    optional: ['progress'],
    refused: { status: ['dancing', ''], step: [text(2_001)], progress: [-1, 101] },
    results: [{}],
  },
  renew: { params: {}, results: [{}] },
  modelPermit: { params: {}, results: [{}] },
  modelCalled: {
    params: {
      usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
      durationMs: 5,
      costUsd: 0.01,
    },
    optional: ['costUsd'],
    refused: {
      costUsd: [-1],
      usage: [{}, { inputTokens: -1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 }],
      durationMs: [-1],
    },
    results: [{}],
  },
  modelLimited: {
    params: { reason: '429', retryAfterMs: 1_000 },
    optional: ['retryAfterMs'],
    refused: { reason: [text(2_001)], retryAfterMs: [-1] },
    results: [{}],
  },
  toolBegin: {
    params: { tool: 'edit_file', fingerprint: 'edit_file:1f', target: 'src/a.ts' },
    optional: ['target'],
    refused: { tool: [text(101)], fingerprint: [text(201)], target: [text(10_001)] },
    results: [
      { kind: 'go' },
      { kind: 'hint', text: 't' },
      { kind: 'stop', hit: { limit: 'max_actions', bound: 1 } },
    ],
  },
  toolEnd: {
    params: { tool: 'edit_file', fingerprint: 'f', target: 't', ok: true, durationMs: 1, summary: 's' },
    optional: ['target'],
    refused: { ok: ['yes', 1], durationMs: [-1], summary: [text(10_001)] },
    results: [{}],
  },
  lockFile: {
    params: { path: 'src/a.ts', wait: false },
    optional: ['wait'],
    refused: { path: [text(10_001)], wait: ['no', 0] },
    results: [
      ok({ path: 'src/a.ts', fresh: true, waitedMs: 0 }),
      ok({ path: 'src/a.ts', fresh: true, waitedMs: 5, waitedFor: 'agent 2' }),
      ok({ path: 'CHANGELOG.md', fresh: true, waitedMs: 0, shared: true }),
      no,
    ],
  },
  releaseFile: {
    params: { path: 'src/a.ts' },
    refused: { path: [text(10_001)] },
    results: [ok('Released src/a.ts'), no],
  },
  writeFile: {
    params: { path: 'src/a.ts', baseHash: hash, content: 'text' },
    refused: { path: [text(10_001)], baseHash: ['', text(63), text(65)] },
    results: [ok({ hash }), ok({ hash: null }), no],
  },
  agentPlace: { params: {}, refused: {}, results: [{ cwd: '/w', env: { A: 'b' } }] },
  takeChanges: { params: {}, refused: {}, results: [{ kept: ['a'], dropped: [], contested: [] }] },
  lost: {
    params: { note: 'It ended.', printed: 'out' },
    refused: { note: [text(2_001)], printed: [text(100_001)] },
    results: [{}],
  },
  copyReady: {
    params: {},
    refused: {},
    results: [{ withheld: [] }, { withheld: ['a'], unread: { count: 2, paths: ['a', 'b/'] } }],
  },
  moveFile: {
    params: { from: 'src/a.ts', to: 'src/b.ts', baseHash: hash },
    refused: { from: [text(10_001)], to: [text(10_001)], baseHash: ['', text(63)] },
    results: [ok({ hash }), no],
  },
  commandBegin: {
    params: { command: 'npm test' },
    refused: { command: [text(100_001)] },
    results: [
      ok({ place: { cwd: '/copy', env: { PARALLEL_AGENTS_SLOT: '1' } }, timeoutMs: 60_000, shell: 'bash' }),
      ok({
        place: {
          cwd: '/w',
          env: {},
          view: { program: '/usr/bin/bwrap', mounts: [{ from: '/copy', at: '/w' }] },
        },
        timeoutMs: 1,
        shell: 'sh',
        notes: ['a'],
      }),
      no,
    ],
  },
  commandEnd: {
    params: {
      durationMs: 12.5,
      cpuMs: 10,
      printed: 'x',
      failed: true,
      wroteBytes: 7,
      guardEnd: 'SIGKILL',
    },
    optional: ['cpuMs', 'failed', 'wroteBytes', 'guardEnd'],
    refused: {
      durationMs: [-1],
      cpuMs: [-1],
      printed: [text(100_001)],
      failed: [false],
      wroteBytes: [-1],
      guardEnd: [text(101)],
    },
    results: [
      {
        output: 'x',
        kept: ['a'],
        dropped: [{ path: 'b', why: 'secret' }],
        contested: [{ path: 'c', why: 'busy' }],
      },
      { output: '', kept: [], dropped: [], contested: [], more: { kept: 2, dropped: 0, contested: 1 } },
    ],
  },
  submit: {
    params: { summary: 'done' },
    refused: { summary: [text(100_001)] },
    results: [
      { kind: 'passing' },
      { kind: 'unconfirmed', why: 'no check' },
      { kind: 'failed', reason: 'no' },
      { kind: 'returned', why: 'overlaps' },
    ],
  },
  handBack: {
    params: { cause: 'key', message: 'No such key.', inCommand: true },
    optional: ['inCommand'],
    refused: { cause: ['mine', 1], message: [text(2001)], inCommand: [false] },
    results: [{}],
  },
  giveUp: {
    params: { reason: 'no', by: 'service' },
    optional: ['by'],
    refused: { reason: [text(100_001)], by: ['me'] },
    results: [{}],
  },
};

const settings = {
  ...defaultRunSettings,
  model: 'haiku',
  verifyCommand: 'npm test',
  only: [1],
};
const oneKey = { provider: 'anthropic', apiKey: 'k', baseUrl: 'http://localhost' };
const access = [oneKey];
const wrongNames = [[text(1_001)], Array(1_001).fill('X'), 'DB_URL'];
const wrongLists = [[text(10_001)], Array(1_001).fill('x'), 'npm test'];
const wrongAccess = [
  ...[{ apiKey: text(1_001) }, { provider: text(51) }, { baseUrl: text(2_001) }, { extra: 1 }].map(
    (wrong) => [{ ...oneKey, ...wrong }],
  ),
  oneKey,
  ['k'],
  'k',
  Array(101).fill(oneKey),
];
const oneFeature: Example = {
  params: { featureId: 1 },
  refused: { featureId: notCounts },
  results: [ok({}), no],
};

const call = { type: 'toolCall', id: '1', name: 'look', input: { at: 1 } };
const turnRequest = {
  system: 's',
  tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    { role: 'assistant', content: [call, { type: 'opaque', value: [1] }] },
    { role: 'user', content: [{ type: 'toolResult', callId: '1', content: 'seen', isError: false }] },
  ],
  maxOutputTokens: 1000,
};
const noneUsed = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const ofTurns: { readonly modelTurn: Example } = {
  modelTurn: {
    params: { id: 1, model: 'vscode/big', request: turnRequest },
    refused: {
      id: notCounts,
      model: [text(301)],
      request: [{ ...turnRequest, messages: [{ role: 'system' }] }, {}],
    },
    results: [
      { content: [{ type: 'text', text: 'Hm.' }, call], stop: 'toolCalls', usage: noneUsed },
      { content: [], stop: 'done', usage: noneUsed, restMs: 1 },
    ],
  },
};

const ofClient: { readonly [K in keyof typeof clientMethods]: Example } = {
  hello: {
    params: { protocol: 1, face: 'cli' },
    refused: { face: ['mcp', ''] },
    results: [{ head: headOf(emptySnapshot) }],
  },
  snapshotPage: {
    params: {},
    results: [
      { parts: [{ kind: 'human', path: 'a.ts' }], last: false },
      { parts: [], last: true },
    ],
  },
  offerModels: {
    params: { models: [{ name: 'vscode/big', contextTokens: 8000 }, { name: 'vscode/small' }] },
    refused: {
      models: [
        [{ name: text(301) }],
        [{ name: 'a/b', contextTokens: 0 }],
        [{ name: 'a/b', more: 1 }],
        Array(1_001).fill({ name: 'vscode/big' }),
        ['vscode/big'],
        'vscode/big',
      ],
    },
    results: [{}],
  },
  tryModel: {
    params: { model: 'vscode/big' },
    refused: { model: ['big', ''] },
    results: [ok({ text: 'ready' }), no],
  },
  events: {
    params: { since: 0, limit: 100 },
    refused: { since: [-1, 0.5], limit: [0, 10_001, 1.5] },
    results: [[], [event]],
  },
  text: {
    params: { hash: 'a'.repeat(64), offset: 0 },
    refused: { hash: ['', text(65)], offset: [-1, 0.5] },
    results: [{ part: 'all' }, { part: 'the beginning', next: 13 }],
  },
  output: { params: { slot: 1 }, refused: { slot: notCounts }, results: [{ text: 'out' }] },
  loadBacklog: {
    params: { file: 'features.json' },
    optional: ['file'],
    refused: { file: [text(10_001)] },
    results: [
      { kind: 'none', file: 'features.json' },
      { kind: 'loaded', features: 3, added: 1, edited: 0, removed: 0, deferred: 0, seq: 9, notices: [] },
      { kind: 'bad', problems: [{ file: 'features.json', line: 1, column: 1, message: 'no' }] },
    ],
  },
  startRun: {
    params: { settings, allowedCommands: ['npm test'], variables: ['DB_URL'], access },
    optional: ['access'],
    refused: {
      settings: [
        ...[0, 65, 1.5, '3', Number.NaN].map((maxAgents) => ({ ...settings, maxAgents })),
        ...['gpt', '', 1, 'a b/c', 'offline/x'].map((model) => ({ ...settings, model })),
        ...['', text(100_001)].map((verifyCommand) => ({ ...settings, verifyCommand })),
        ...[[0], ['1'], 1].map((only) => ({ ...settings, only })),
        ...[-1, 86_400_001].map((reattachGraceMs) => ({ ...settings, reattachGraceMs })),
        ...[{}, { ...defaultLimits, maxActions: 0 }, { ...defaultLimits, maxRetries: -1 }].map((limits) => ({
          ...settings,
          limits,
        })),
        ...[
          { ...defaultLimits, maxLosses: 0 },
          { ...defaultLimits, extra: 1 },
          { ...defaultLimits, commandMs: Number.POSITIVE_INFINITY },
        ].map((limits) => ({ ...settings, limits })),
        { ...settings, limits: { ...defaultLimits, attemptMs: { ...defaultLimits.attemptMs, fable: 1 } } },
        { ...settings, allowedCommands: ['npm test'] },
        { ...settings, variables: ['DB_URL'] },
        { ...settings, baseUrl: 'http://localhost' },
        { ...settings, extra: 1 },
      ],
      allowedCommands: wrongLists,
      variables: wrongNames,
      access: wrongAccess,
    },
    results: [
      ok({ runId: 1, leftOut: { commands: ['npm test'], variables: ['DB_URL'], providers: [] } }),
      no,
    ],
  },
  configureRun: {
    params: { maxAgents: 3, allowedCommands: ['npm test'], variables: ['DB_URL'], access },
    optional: ['maxAgents', 'allowedCommands', 'variables', 'access'],
    refused: {
      maxAgents: [0, 65, 1.5],
      allowedCommands: wrongLists,
      variables: wrongNames,
      access: wrongAccess,
    },
    results: [ok({ leftOut: { commands: [], variables: [], providers: [] } }), no],
  },
  pauseRun: { params: {}, results: [ok({}), no] },
  resumeRun: { params: {}, results: [ok({}), no] },
  stopRun: { params: {}, results: [ok({}), no] },
  retry: oneFeature,
  confirm: oneFeature,
  reject: { ...oneFeature, results: [ok({}), no] },
  diff: {
    params: { featureId: 1, from: { text: 1, offset: 5 } },
    optional: ['from'],
    refused: { featureId: notCounts, from: [{ text: 1 }, { text: 1, offset: 0 }] },
    results: [ok({ part: 'diff' }), ok({ part: 'diff', next: { text: 1, offset: 4 } }), no],
  },
  humanEditing: {
    params: { paths: ['src/a.ts'], last: true },
    refused: { paths: ['src/a.ts', [text(10_001)], [1], Array(10_001).fill('x')] },
    results: [{}],
  },
};

const ofEither = { turnTold, turnCancelled };
const allNotices = { ...workerNotices, ...toWorkerNotices, ...toClientNotices, ...ofEither };
const notices: { readonly [K in keyof typeof allNotices]: Example } = {
  begun: { params: {}, results: [] },
  log: { params: { text: 'out' }, refused: { text: [text(1_000_001)] }, results: [] },
  stop: { params: { reason: 'over' }, results: [] },
  turnTold: {
    params: { id: 1, event: { type: 'text', text: 'Hm.' } },
    refused: { id: notCounts, event: [{ type: 'turn' }, {}] },
    results: [],
  },
  turnCancelled: { params: { id: 1 }, refused: { id: notCounts }, results: [] },
  events: { params: { events: [event] }, results: [] },
  output: { params: { slot: 1, fence: 2, text: 'out' }, results: [] },
};
/** What a host sends may grow fields that an older client does not know; what enters a host may not. */
const entersAHost = new Set<Notice<z.ZodType>>(Object.values({ ...workerNotices, ...ofEither }));

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
/** Taken by no field: the wrong kind of thing, whatever the field. */
const takenByNone = [Number.NaN, { unknown: 1 }, () => 1];

function checkParams(
  schema: z.ZodType,
  { params, optional = [], refused = {} }: Example,
  isStrict: boolean,
): void {
  it('takes its message, unchanged by the way over the wire', () => {
    assert.deepEqual(schema.parse(JSON.parse(JSON.stringify(params))), params);
  });

  it('refuses what is no object', () => {
    for (const value of [undefined, null, 1, 'x', [], [params]])
      assert.ok(!accepts(schema, value), String(value));
  });

  it(isStrict ? 'refuses a field more' : 'leaves out a field more', () => {
    for (const key of ['extra', 'slot2', 'agentId', 'constructor']) {
      assert.equal(accepts(schema, { ...params, [key]: 1 }), !isStrict, key);
    }
  });

  for (const [key, value] of Object.entries(params)) {
    const { [key]: _, ...without } = params;
    it(`${key} ${optional.includes(key) ? 'may' : 'must not'} be left out, and takes nothing but what it is`, () => {
      assert.equal(accepts(schema, without), optional.includes(key));
      for (const wrong of [...takenByNone, ...(refused[key] ?? [])]) {
        assert.ok(!accepts(schema, { ...params, [key]: wrong }), JSON.stringify(wrong)?.slice(0, 200));
      }
      if (typeof value === 'string') assert.ok(!accepts(schema, { ...params, [key]: 1 }));
      if (typeof value === 'number') assert.ok(!accepts(schema, { ...params, [key]: '1' }));
    });
  }
}

function checkMethods(
  methods: Readonly<Record<string, Method<z.ZodType, z.ZodType>>>,
  examples: Readonly<Record<string, Example>>,
): void {
  for (const [key, { name, params, result }] of Object.entries(methods)) {
    const example = examples[key];
    assert.ok(example, key);
    describe(name, () => {
      checkParams(params, example, true);

      it('takes its answers, and nothing that is none', () => {
        for (const answer of example.results) {
          assert.deepEqual(result.parse(JSON.parse(JSON.stringify(answer))), answer);
        }
        for (const value of [undefined, null, 1, 'x']) assert.ok(!accepts(result, value), String(value));
      });
    });
  }
}

describe('hubMethods', () => {
  checkMethods(workerMethods, ofWorker);
  checkMethods(clientMethods, ofClient);
  checkMethods({ modelTurn }, ofTurns);
  for (const [key, notice] of Object.entries(allNotices)) {
    const example = Object.entries(notices).find(([name]) => name === key)?.[1];
    assert.ok(example);
    describe(notice.name, () => checkParams(notice.params, example, entersAHost.has(notice)));
  }

  it('have names of their own, as noun and verb', () => {
    const groups = [workerMethods, workerNotices, toWorkerNotices, clientMethods, toClientNotices];
    const names = groups.flatMap((group) => Object.values(group).map(({ name }) => name));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+\.[a-z][A-Za-z]*$/);
  });

  it('know every model that a person may name', () => {
    for (const model of [...modelAliases, 'ollama/qwen3-coder:30b']) {
      const settingsOf = { ...ofClient.startRun.params, settings: { ...settings, model } };
      assert.ok(accepts(clientMethods.startRun.params, settingsOf), model);
    }
  });

  it('take a new file and a deletion, and content up to the frame', () => {
    const { params } = workerMethods.writeFile;
    assert.ok(accepts(params, { path: 'a', baseHash: null, content: 'x' }));
    assert.ok(accepts(params, { path: 'a', baseHash: hash, content: null }));
    assert.ok(accepts(params, { path: 'a', baseHash: null, content: text(maxFrameBytes) }));
  });

  it('refuse an answer that is neither a value nor a refusal', () => {
    const { result } = workerMethods.lockFile;
    const half = [
      { ok: true },
      { ok: false },
      { ok: false, error: 'no' },
      { ok: 1, value: {} },
      { value: {} },
      ok({ path: 1 }),
    ];
    for (const answer of half) assert.ok(!accepts(result, answer), JSON.stringify(answer));
  });

  it('give no object a prototype from the wire', () => {
    const poisoned = JSON.parse('{"path":"a","__proto__":{"admin":true}}');
    assert.ok(!accepts(workerMethods.lockFile.params, poisoned));
    assert.equal(Object.getOwnPropertyNames(Object.prototype).includes('admin'), false);
  });
});
