// The command line's words: what each means, and what is wrong with those that mean nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type CliCommand, parseCommandLine, UsageError } from '../../src/cli/arguments';
import { helpPage, verbs } from '../../src/cli/help';

const run = { kind: 'run', projectDir: '.', json: false, withDependencies: false, elsewhere: 'ask' };

const good: readonly (readonly [line: string, expected: object])[] = [
  ['--help', { kind: 'help' }],
  ['run -h', { kind: 'help', verb: 'run' }],
  ['reject --help', { kind: 'help', verb: 'reject' }],
  ['walk --help', { kind: 'help' }],
  [
    'graph --features plan.json',
    { kind: 'graph', projectDir: '.', format: 'mermaid', features: 'plan.json' },
  ],
  ['--version', { kind: 'version' }],
  ['run', run],
  ['run --project-dir work --max-agents 3', { ...run, projectDir: 'work', maxAgents: 3 }],
  ['run --parallel 2', { ...run, maxAgents: 2 }],
  ['run --isolate', run],
  ['run --feature-id 4 --with-dependencies', { ...run, featureId: 4, withDependencies: true }],
  [
    'run --features plan.json --model haiku --json',
    { ...run, features: 'plan.json', model: 'haiku', json: true },
  ],
  ['run --go-on', { ...run, elsewhere: 'goOn' }],
  ['run --start-over', { ...run, elsewhere: 'startOver' }],
  ['status --json', { kind: 'status', projectDir: '.', json: true }],
  ['stop --project-dir x', { kind: 'stop', projectDir: 'x' }],
  ['doctor', { kind: 'doctor', projectDir: '.', fix: false }],
  ['doctor --fix --project-dir x', { kind: 'doctor', projectDir: 'x', fix: true }],
  ['retry 3', { kind: 'retry', projectDir: '.', featureId: 3 }],
  ['retry --all', { kind: 'retryAll', projectDir: '.' }],
  ['diff 4', { kind: 'diff', projectDir: '.', featureId: 4 }],
  ['confirm 1', { kind: 'confirm', projectDir: '.', featureId: 1 }],
  ['reject 2', { kind: 'reject', projectDir: '.', featureId: 2 }],
];

const bad: readonly (readonly [line: string, expected: RegExp])[] = [
  ['', /Name a command/],
  ['walk', /"walk" is not a command/],
  ['run now', /"now" is one word too many/],
  ['run --max-agents', /--max-agents/],
  ['run --max-agents 1.5', /whole number from 1/],
  ['run --max-agents -2', /--max-agents/],
  ['run --feature-id zero', /--feature-id must be a whole number from 1/],
  ['run --model claude', /--model must be haiku, .*provider\/model or agent\/name, not "claude"/],
  ['run --verify', /--verify/],
  ['run --go-on --start-over', /--go-on and --start-over exclude each other/],
  ['status --max-agents 3', /^status takes no --max-agents. See parallel-agents status --help.$/],
  ['stop --verify true', /^stop takes no --verify/],
  ['run --fix', /^run takes no --fix/],
  ['diff 3 --json', /^diff takes no --json/],
  ['doctor --feature-id 3', /^doctor takes no --feature-id/],
  ['retry', /retry needs the id/],
  ['retry 0', /whole number from 1/],
  ['retry --all 2', /"2" is one word too many/],
  ['run --all', /run takes no --all/],
  ['retry 1 2', /"2" is one word too many/],
];

describe('parseCommandLine', () => {
  const parse = (line: string): CliCommand => parseCommandLine(line.split(' ').filter((word) => word !== ''));

  for (const [line, expected] of good) {
    it(`reads "${line}"`, () => {
      const parsed = Object.fromEntries(Object.entries(parse(line)).filter(([key]) => key !== 'estimate'));
      assert.deepEqual(parsed, expected);
    });
  }

  for (const [line, expected] of bad) {
    it(`refuses "${line}"`, () => {
      assert.throws(
        () => parse(line),
        (error) => error instanceof UsageError && expected.test(error.message),
      );
    });
  }
});

describe('a page of help', () => {
  it('is of the command that is named with it, or of all', () => {
    assert.match(helpPage('status'), /parallel-agents status.*--project-dir DIR/s);
    assert.ok(!helpPage('status').includes('--max-agents'));
    assert.match(helpPage('reject'), /reject ID/);
    for (const verb of verbs) assert.ok(helpPage(undefined).includes(verb), verb);
  });
});
