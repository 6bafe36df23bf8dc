// Whatever is wrong with a backlog is told with its place and the way to mend it.
import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BacklogFile, loadBacklogFile } from '../../../src/adapters/files/backlogFile';
import { awaitWithinCpu } from '../../support/cpuTime';
import { tempFolder } from './tempWorkspace';

function load(
  content: string | Uint8Array,
  knownIds?: ReadonlyMap<string, number>,
  lastId?: number,
): Promise<BacklogFile> {
  const file = path.join(tempFolder(), 'features.json');
  writeFileSync(file, content);
  return loadBacklogFile(file, knownIds, lastId);
}

async function problemsIn(content: string | Uint8Array): Promise<string[]> {
  const loaded = await load(content);
  assert.equal(loaded.kind, 'bad');
  return loaded.kind === 'bad'
    ? loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
}

const deep = (depth: number) => `[\n{"name":"a","files":${'['.repeat(depth)}${']'.repeat(depth)}}]`;

/** Each problem as `line:column start of the message`. */
const table: { fact: string; content: string | Uint8Array; problems: string[] }[] = [
  { fact: 'an empty file', content: '', problems: ['1:1 The file is empty. Write a list of features'] },
  { fact: 'a file of blanks', content: ' \n\t\n', problems: ['1:1 The file is empty.'] },
  { fact: 'only a mark', content: '\ufeff', problems: ['1:1 The file is empty.'] },
  {
    fact: 'only a comment',
    content: '// later\n',
    problems: ['2:1 The file ends too early: a value is missing'],
  },
  {
    fact: 'a missing comma',
    content: '[\n  {"name":"a"}\n  {"name":"b"}\n]',
    problems: ['3:3 "{": a comma is missing between two entries.'],
  },
  { fact: 'a missing comma after a mark', content: '\ufeff[1 2]', problems: ['1:4 "2": a comma is missing'] },
  {
    fact: 'a missing comma between fields',
    content: '[{"name":"a"\n"files":[]}]',
    problems: ['2:1 "\\"files\\"": a comma is missing'],
  },
  {
    fact: 'a comma too many',
    content: '[{"name":"a",,}]',
    problems: ['1:14 ",": this comma has nothing before it'],
  },
  { fact: 'a missing colon', content: '[{"name" "a"}]', problems: ['1:10 "\\"a\\"": a ":" is missing'] },
  { fact: 'a missing value', content: '[{"name": }]', problems: ['1:11 "}": a value is missing here'] },
  {
    fact: 'a name without quotes',
    content: '[{name: "a"}]',
    problems: ['1:3 "name": this word is not JSON; text needs double quotes'],
  },
  { fact: 'single quotes', content: "[{'name': 'a'}]", problems: ['1:3 "\'name\'": this word is not JSON'] },
  {
    fact: 'NaN',
    content: '[\r\n{"name":"a","priority":NaN}]',
    problems: ['2:24 "NaN": this word is not JSON'],
  },
  {
    fact: 'a file cut in an object',
    content: '[\n{"name":"a"',
    problems: ['2:12 The file ends too early: a "}" is missing'],
  },
  {
    fact: 'a file cut in a list',
    content: '[{"name":"a"}',
    problems: ['1:14 The file ends too early: a "]" is missing'],
  },
  {
    fact: 'a file cut in a text',
    content: '[{"name":"a"},\n{"na',
    problems: ['2:2 "\\"na": the text is not closed'],
  },
  {
    fact: 'a file cut in a comment',
    content: '[\n/* x',
    problems: ['2:1 "/* x": the comment is not closed'],
  },
  {
    fact: 'an object closed as a list',
    content: '[{"name":"a"]',
    problems: ['1:13 "]": an object is still open here'],
  },
  { fact: 'text after the end', content: '[{"name":"a"}]\nend', problems: ['2:1 "end": '] },
  {
    fact: 'a wrong escape',
    content: '[{"name":"\\x"}]',
    problems: ['1:10 "\\"\\\\x\\"": after a backslash only'],
  },
  {
    fact: 'a tab in a text',
    content: '[{"name":"a\tb"}]',
    problems: ['1:10 "\\"a\\tb\\"": text may not hold this'],
  },
  {
    fact: 'problems in several lines',
    content: '[{"name" "a"},\n{"name": },\n{}]',
    problems: ['1:10 ', '2:10 '],
  },
  {
    fact: 'a key given twice',
    content: '[{"name":"a",\n"name":"b"}]',
    problems: ['2:1 The field "name" is given twice'],
  },
  {
    fact: 'the key __proto__',
    content: '[{"name":"a","__proto__":{"depends_on":5}}]',
    problems: ['1:14 "__proto__" is not a field of a feature'],
  },
  {
    fact: 'too deep nesting',
    content: deep(100_000),
    problems: ['2:119 Lists and objects are nested more than 100 deep'],
  },
  {
    fact: 'endless opening',
    content: '['.repeat(1_000_000),
    problems: ['1:101 Lists and objects are nested'],
  },
  {
    fact: 'latin-1',
    content: Buffer.from('[\n{"name":"caf\xe9"}]', 'latin1'),
    problems: ['2:13 From here on the file is not UTF-8'],
  },
  { fact: 'UTF-16', content: Buffer.from('\ufeff[]', 'utf16le'), problems: ['1:1 The file is UTF-16'] },
  { fact: 'no list', content: '{"features":[]}', problems: ['1:1 The backlog must be a list'] },
  {
    fact: 'no object',
    content: '[\n  {"name":"a"},\n  "b", null]',
    problems: ['3:3 A feature must be an object', '3:8 A feature must be an object'],
  },
  {
    fact: 'no name',
    content: '[{"name":"a"},\n {"category":"x"}]',
    problems: ['2:2 A feature needs a "name"'],
  },
  { fact: 'an empty name', content: '[{"name":" "}]', problems: ['1:3 A name must not be empty'] },
  {
    fact: 'a name given twice',
    content: '[{"name":"a"},\n{"name":"a"}]',
    problems: ['2:2 "a" is already the name of entry 1'],
  },
  {
    fact: 'wrong types',
    content: '[{"name":"a",\n"priority":"high",\n"files":"x",\n"estimate":-1}]',
    problems: ['2:1 "priority"', '3:1 "files"', '4:1 "estimate"'],
  },
  {
    fact: 'an unknown dependency',
    content: '[{"name":"a",\n"depends_on":["b",\n"A"]}]',
    problems: ['2:15 No feature is named "b"', '3:1 No feature is named "A". Did you mean "a"?'],
  },
  {
    fact: 'an unknown id',
    content: '[{"name":"a","depends_on":[7]}]',
    problems: ['1:28 No feature has the id 7'],
  },
  {
    fact: 'a feature that needs itself',
    content: '[{"name":"a","depends_on":["a"]}]',
    problems: ['1:28 "a" depends on itself'],
  },
  {
    fact: 'a circle',
    content: '[{"name":"a","depends_on":["b"]},\n{"name":"b","depends_on":["a"]}]',
    problems: ['1:14 These features wait for each other: "a" → "b" → "a"'],
  },
  {
    fact: 'a path out of the workspace',
    content: '[{"name":"a","files":["src/a",\n"../b"]}]',
    problems: ['2:1 "../b" leads out of the workspace'],
  },
  {
    fact: 'a name of a megabyte',
    content: `[{"name":"${'x'.repeat(1 << 20)}"}]`,
    problems: ['1:3 "name" has 1048576 characters'],
  },
];

describe('a long backlog', () => {
  it('is read while others have their turns', async () => {
    const list = Array.from({ length: 60_000 }, (_, k) => ({
      name: `Feature ${k}`,
      files: [`src/${k}.ts`],
      depends_on: k > 0 ? [`Feature ${k - 1}`] : [],
    }));
    let turns = 0;
    const turn = setInterval(() => turns++, 0);
    const loaded = await load(JSON.stringify(list));
    clearInterval(turn);
    assert.equal(loaded.kind === 'loaded' && loaded.specs.length, list.length);
    // Reading alone, and what is one step, gives some six.
    assert.ok(turns >= 20, `${turns} turns`);
  });
});

describe('backlogFile', () => {
  for (const { fact, content, problems } of table) {
    it(`places ${fact}`, async () => {
      const found = await problemsIn(content);
      assert.deepEqual(
        found.map((text, at) => text.slice(0, problems[at]?.length)),
        problems,
        found.join('\n'),
      );
    });
  }

  it('loads features, with comments, trailing commas, a mark, names like attacks, and ids of known features', async () => {
    const content = `\ufeff// our plan\n[ { "name": "\\"; DROP TABLE features", "files": ["src/",], },\n /* 2 */ { "name": "__proto__", "depends_on": [7, 8] }, { "name": "b" } ]`;
    const loaded = await load(content, new Map([['"; DROP TABLE features', 7]]), 7);
    assert.ok(loaded.kind === 'bad', 'a feature cannot need itself by its id');
    const other = await load(
      content,
      new Map([
        ['"; DROP TABLE features', 8],
        ['b', 7],
      ]),
      8,
    );
    assert.ok(other.kind === 'loaded', JSON.stringify(other));
    assert.deepEqual(
      other.specs.map(({ name, dependsOn }) => [name, ...dependsOn]),
      [['"; DROP TABLE features'], ['__proto__', 'b', '"; DROP TABLE features'], ['b']],
    );
  });

  it('tells a missing file from a folder and from one it may not read', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'features.json');
    assert.deepEqual(await loadBacklogFile(file), { kind: 'none', file });
    mkdirSync(file);
    const loaded = await loadBacklogFile(file);
    assert.deepEqual(loaded, {
      kind: 'bad',
      problems: [{ file, line: 1, column: 1, message: 'This is a folder.' }],
    });
    if (process.getuid?.() === 0) return; // nothing is unreadable for root
    const secret = path.join(folder, 'secret.json');
    writeFileSync(secret, '[]');
    chmodSync(secret, 0);
    await assert.rejects(loadBacklogFile(secret), /Could not read/);
  });

  it('is quick with 10,000 features, good or all bad', async () => {
    const many = (extra: (at: number) => object) =>
      JSON.stringify(
        Array.from({ length: 10_000 }, (_, at) => ({
          name: `feature ${at}`,
          description: 'x'.repeat(200),
          ...extra(at),
        })),
        null,
        2,
      );
    const chain = many((at) => ({ depends_on: at > 0 ? [`feature ${at - 1}`] : [] }));
    const [good, bad] = await awaitWithinCpu(5_000, async () => [
      await load(chain),
      await problemsIn(many(() => ({ priority: 0, typo: 1 }))),
    ]);
    assert.ok(good.kind === 'loaded' && good.specs.length === 10_000);
    assert.equal(bad.length, 20_000);
  });

  it('says of a million features that they are too many', async () => {
    const [first] = await problemsIn(`[${'{"name":"a"},'.repeat(999_999)}{"name":"a"}]`);
    assert.match(first ?? '', /^1:1 The backlog has 1000000 features; the most is/);
  });
});
