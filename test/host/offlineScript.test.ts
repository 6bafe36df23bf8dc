// A script of the offline model is judged whole before a run, so that no feature meets a mistake of it an hour later.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { OfflineScriptFile } from '../../src/adapters/files/offlineScriptFile';
import { judgeScript } from '../../src/host/offlineScript';
import { tempFolder } from '../adapters/files/tempWorkspace';

const finish = '{"tool":"finish","input":{"summary":"s"}}';

function folderWith(script?: string): string {
  const root = tempFolder();
  if (script !== undefined) writeFileSync(path.join(root, 'offline-script.json'), script);
  return root;
}

async function textOn(script?: string): Promise<readonly string[]> {
  const judged = await judgeScript(
    new OfflineScriptFile(path.join(folderWith(script), 'offline-script.json')),
  );
  return judged.ok ? [] : judged.error.message.split('\n');
}

describe('judgeScript', () => {
  it('takes a script whose calls can all be run', async () => {
    assert.deepEqual(await textOn(`{"a": [{"say":"x"}, ${finish}], "b": [[${finish}], [${finish}]]}`), []);
  });

  const refused: Readonly<Record<string, [script: string | undefined, ...words: RegExp[]]>> = {
    'a tool that there is not': [
      `{"a": [${finish}],\n"b": [${finish}, {"tool":"write"}]}`,
      /^offline-script\.json:2:\d+: "b", turn 2: There is no tool "write"\. The tools are: read_file, .*give_up\.$/,
    ],
    'the name of something every object has': [
      '{"a": [{"tool":"constructor"}]}',
      /: "a", turn 1: There is no tool "constructor"/,
    ],
    'an input that the tool does not take, in a later attempt': [
      `{"a": [[${finish}],\n[{"say":"x"},\n{"tool":"write_file","input":{"path":"a","text":"b"}}]]}`,
      /^offline-script\.json:3:\d+: "a", attempt 2, turn 2: .*there is no "text"; the fields are path, content/,
    ],
    'each of several': ['{"a": [{"tool":"x"}], "b": [{"tool":"y"}]}', /"a".*"x"/, /"b".*"y"/],
    'what is no script': ['[]', /offline-script\.json:1:1: The script must be an object/],
    'no script': [undefined, /^There is no offline-script\.json beside the backlog\.$/],
  };
  for (const [what, [script, ...words]] of Object.entries(refused))
    it(`refuses ${what}, with its place and the mend`, async () => {
      const lines = await textOn(script);
      assert.equal(lines.length, words.length, lines.join('\n'));
      for (const [nth, line] of lines.entries()) assert.match(line, words[nth] ?? /^$/);
    });

  it('names the first of very many, and says how many there are', async () => {
    const many = Array.from({ length: 1000 }, (_, k) => `"f${k}": [{"tool":"x"}]`).join(',\n');
    const lines = await textOn(`{${many}}`);
    assert.equal(lines.length, 21);
    assert.match(lines[19] ?? '', /^offline-script\.json:20:\d+: "f19"/);
    assert.equal(lines[20], 'There are 980 more after these.');
  });
});
