// What the programs that agents run before each call are told, read as calls.
import { strict as assert } from 'node:assert';
import { callOfHook, hookAnswer, matcherOf } from '../../../src/adapters/agents/hookCalls';
import type { AgentHook } from '../../../src/core/models/agents';

const told = (tool_name: string, tool_input: object) => ({
  hook_event_name: 'PreToolUse',
  tool_use_id: 'c1',
  cwd: '/w',
  tool_name,
  tool_input,
});
const patch = [
  '*** Begin Patch',
  '*** Add File: src/new.js',
  '+export const n = 1; // *** Delete File: no.js',
  '*** Update File: src/a.js',
  '*** Move to: src/b.js',
  '@@',
  '-a',
  '+b',
  '*** Delete File: /w/c.js',
  '*** End Patch',
].join('\n');

describe('callOfHook', () => {
  const calls: readonly (readonly [AgentHook, string, object, object])[] = [
    [
      'codex',
      'apply_patch',
      { command: patch },
      { kind: 'edit', paths: ['/w/src/new.js', '/w/src/a.js', '/w/src/b.js', '/w/c.js'] },
    ],
    ['codex', 'Bash', { command: 'npm test' }, { kind: 'execute', paths: [], command: 'npm test' }],
    ['claude', 'Edit', { file_path: '/w/a.js', old_string: 'a' }, { kind: 'edit', paths: ['/w/a.js'] }],
    ['claude', 'Write', { file_path: 'a.js', content: 'a' }, { kind: 'edit', paths: ['/w/a.js'] }],
    ['claude', 'NotebookEdit', { notebook_path: '/w/a.ipynb' }, { kind: 'edit', paths: ['/w/a.ipynb'] }],
    ['claude', 'Read', { file_path: '/w/.env' }, { kind: 'read', paths: ['/w/.env'] }],
    ['claude', 'Grep', { pattern: 'x', path: 'src' }, { kind: 'search', paths: ['/w/src'] }],
    ['claude', 'Bash', { command: 'npm test' }, { kind: 'execute', paths: [], command: 'npm test' }],
  ];
  for (const [hook, name, input, call] of calls)
    it(`reads ${name} of ${hook}`, () => {
      assert.deepEqual(callOfHook(hook, told(name, input)), {
        id: 'c1',
        title: name,
        changes: [],
        input,
        ...call,
      });
      assert.match(name, new RegExp(matcherOf(hook)));
    });

  it('reads nothing from what is another telling', () => {
    for (const other of [
      undefined,
      null,
      7,
      [],
      {},
      told('TodoWrite', {}),
      told('constructor', {}),
      { ...told('Bash', {}), tool_use_id: 7 },
    ])
      assert.equal(callOfHook('codex', other), undefined);
    assert.doesNotMatch('TodoWrite', new RegExp(matcherOf('claude')));
  });

  it('is answered by a refusal with its reason, or by nothing', () => {
    assert.equal(hookAnswer({ isAllowed: true }), '');
    const { hookSpecificOutput } = JSON.parse(hookAnswer({ isAllowed: false, why: 'It is held.' }));
    assert.deepEqual(hookSpecificOutput, {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: 'It is held.',
    });
  });
});
