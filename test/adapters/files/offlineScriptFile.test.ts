// The offline model's script: what it may say, and which turns an attempt gets.
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  loadOfflineScript,
  type OfflineScriptFile,
  turnsFor,
} from '../../../src/adapters/files/offlineScriptFile';
import { repoRoot } from '../../support/repoRoot';
import { tempFolder } from './tempWorkspace';

function load(content: string): Promise<OfflineScriptFile> {
  const file = path.join(tempFolder(), 'offline-script.json');
  writeFileSync(file, content);
  return loadOfflineScript(file);
}

const table: { fact: string; content: string; problems: string[] }[] = [
  { fact: 'an empty file', content: '', problems: ['1:1 The file is empty. Write {'] },
  { fact: 'a list', content: '[]', problems: ['1:1 The script must be an object'] },
  { fact: 'a broken file', content: '{"a": [', problems: ['1:8 The file ends too early'] },
  {
    fact: 'a feature without turns',
    content: '{"a": [],\n"b": {}}',
    problems: ['1:2 The turns of a feature', '2:1 The turns of a feature'],
  },
  {
    fact: 'turns beside attempts',
    content: '{"a": [[{"say":"x"}],\n{"say":"y"}]}',
    problems: ['2:1 One attempt here is a list'],
  },
  { fact: 'a turn that is no object', content: '{"a": ["x"]}', problems: ['1:8 A turn must be an object'] },
  {
    fact: 'an empty turn',
    content: '{"a": [{"delayMs":1}]}',
    problems: ['1:8 A turn needs "say" or "tool"'],
  },
  {
    fact: 'wrong fields',
    content: '{"a": [[{"say":1,\n"tool":"",\n"delayMs":-1,\n"type":"x"}]]}',
    problems: [
      '1:10 "say" must be text',
      '2:1 "tool" must be',
      '3:1 "delayMs" must be',
      '4:1 "type" is not a field',
    ],
  },
  {
    fact: 'input without a tool',
    content: '{"a": [{"say":"x","input":{}}]}',
    problems: ['1:19 "input" belongs to a "tool"'],
  },
];

describe('offlineScriptFile', () => {
  for (const { fact, content, problems } of table) {
    it(`places ${fact}`, async () => {
      const loaded = await load(content);
      assert.ok(loaded.kind === 'bad');
      const found = loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
      assert.deepEqual(
        found.map((text, at) => text.slice(0, problems[at]?.length)),
        problems,
        found.join('\n'),
      );
    });
  }

  it('gives each attempt its turns, and those after the last the last again', async () => {
    const loaded = await load(
      '{ "one": [{"say":"x"}], "two": [[{"say":"first"}], [{"tool":"t","input":[1],"delayMs":5}]], "__proto__": [{"say":"p"}] }',
    );
    assert.ok(loaded.kind === 'loaded', JSON.stringify(loaded));
    const turns = (name: string, attempt: number) => {
      const script = turnsFor(loaded.script, name, attempt);
      return script.ok ? script.turns : script.message;
    };
    assert.deepEqual(turns('one', 1), [{ say: 'x' }]);
    assert.deepEqual(turns('one', 4), [{ say: 'x' }]);
    assert.deepEqual(turns('two', 1), [{ say: 'first' }]);
    const place = 'offline-script.json:1:65';
    assert.deepEqual(turns('two', 2), [{ tool: 't', input: [1], delayMs: 5, place }]);
    assert.deepEqual(turns('two', 3), turns('two', 2));
    assert.deepEqual(turns('__proto__', 1), [{ say: 'p' }]);
    assert.equal(
      turns('Three', 1),
      'offline-script.json has no turns for "Three"; add "Three": [ … ] to it.',
    );
    assert.match(String(turns('toString', 1)), /no turns/);
  });

  it('knows a feature by both forms of an accent', async () => {
    const loaded = await load('{ "Cafe\u0301": [{"say":"x"}] }');
    assert.ok(loaded.kind === 'loaded');
    for (const name of ['Caf\u00e9', 'Cafe\u0301']) assert.ok(turnsFor(loaded.script, name, 1).ok, name);
  });

  it('is none where there is no file', async () => {
    const file = path.join(tempFolder(), 'offline-script.json');
    assert.deepEqual(await loadOfflineScript(file), { kind: 'none', file });
  });
});

describe('schemas of the files that people write', () => {
  const schema = (name: string) =>
    JSON.parse(readFileSync(path.join(repoRoot, 'media/schemas', `${name}.schema.json`), 'utf8'));

  it('know the same fields as the readers', async () => {
    const feature = Object.keys(schema('features').definitions.feature.properties);
    const said = await import('../../../src/core/features/featureList');
    const probe = said.parseBacklog([{ name: 'a', nope: 1 }]);
    assert.ok(!probe.ok);
    const known = /Known: (.*)\.$/.exec(probe.problems[0]?.message ?? '')?.[1]?.split(', ');
    assert.deepEqual(feature.sort(), known?.sort());

    const turn = Object.keys(schema('offline-script').definitions.turn.properties);
    const loaded = await load('{"a": [{"say":"x","nope":1}]}');
    assert.ok(loaded.kind === 'bad');
    assert.deepEqual(
      turn.sort(),
      /Known: (.*)\.$/
        .exec(loaded.problems[0]?.message ?? '')?.[1]
        ?.split(', ')
        .sort(),
    );
  });
});
