// `run --estimate` and `graph` from outside: they tell, start nothing and write nothing, before a run and after it.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'mocha';
import { copySample, readTree, runCli, userWith, withoutPauses } from '../support/cli';
import { startScriptedModel } from '../support/scriptedModel';
import { call, finish, writeProject } from '../support/smallProject';

describe('run --estimate and graph', () => {
  it('tell how long a fresh backlog takes and what needs what, and leave the folder as it is', async () => {
    const sample = await copySample('notes-api');
    try {
      const before = await readTree(sample.dir);
      const told = await runCli(['run', '--estimate', '--project-dir', sample.dir]);
      assert.equal(told.code, 0, told.notes.join('\n'));
      assert.match(told.lines[0] ?? '', /^1 agent: about .*; 5: .* min, the chain .* decides$/);
      const each = await runCli(['run', '--estimate', '--json', '--project-dir', sample.dir]);
      const forecasts = each.lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        forecasts.map((f) => f.agents),
        [1, 2, 3, 4, 5],
      );
      for (const { boundMinutes, planMinutes, expectedMinutes } of forecasts) {
        assert.ok(boundMinutes <= planMinutes && planMinutes <= expectedMinutes);
      }
      const graph = await runCli(['graph', '--format', 'json', '--project-dir', sample.dir]);
      assert.equal(JSON.parse(graph.lines.join('\n')).nodes.length, forecasts[0]?.features);
      assert.deepEqual(await readTree(sample.dir), before);
      assert.ok(!(await readdir(sample.dir)).includes('.parallel-agents'));
    } finally {
      await sample.remove();
    }
  });

  it('know after a run that nothing is left, and do not touch its database', async () => {
    const sample = await copySample('test-parallel');
    try {
      await withoutPauses(sample.dir);
      assert.equal((await runCli(['run', '--project-dir', sample.dir])).code, 0);
      const database = path.join(sample.dir, '.parallel-agents', 'agents.db');
      const before = await readFile(database);
      const told = await runCli(['run', '--estimate', '--project-dir', sample.dir]);
      assert.deepEqual([told.code, told.lines], [0, ['Nothing is left to build']]);
      const graph = await runCli(['graph', '--format', 'json', '--project-dir', sample.dir]);
      const { nodes } = JSON.parse(graph.lines.join('\n'));
      assert.deepEqual(new Set(nodes.map((n: { status: string }) => n.status)), new Set(['passing']));
      assert.deepEqual(await readFile(database), before);
    } finally {
      await sample.remove();
    }
  });

  it('tell what it will cost from what was built before, and so does a run before it starts', async () => {
    const work = (name: string) => [call('write_file', { path: `${name}.txt`, content: name }), finish];
    const script = { A: work('A'), B: work('B'), C: work('C') };
    const project = await writeProject({ script, features: [{ name: 'A', verify: 'true' }] });
    const model = await startScriptedModel(project.dir, 'chat');
    try {
      // 11 tokens in of 10,000 dollars a million, twice.
      const prices = { m: { input: 10_000, output: 0 } };
      const user = userWith({ providers: { mine: { baseUrl: model.baseUrl, prices } }, model: 'mine/m' });
      const args = ['--project-dir', project.dir];
      const estimate = async () => (await runCli(['run', '--estimate', ...args], user)).lines.join('\n');
      assert.match(
        await estimate(),
        /1 feature: none like it was built here yet, so what it costs is not known/,
      );
      assert.equal((await runCli(['run', ...args], user)).code, 0);
      const all = ['A', 'B', 'C'].map((name) => ({ name, verify: 'true' }));
      await writeFile(path.join(project.dir, 'features.json'), JSON.stringify(all));
      const told = /2 features: about \$0\.10-0\.78, from 1 attempt like them/;
      assert.match(await estimate(), told);
      assert.match((await runCli(['run', ...args], user)).notes.join('\n'), told);
    } finally {
      await model.close();
      await project.remove();
    }
  });

  it('points out an id that would mean another feature in a fresh clone', async () => {
    const script = { Base: [finish], Docs: [finish], Login: [finish] };
    const project = await writeProject({ script, features: [{ name: 'Base', verify: 'true' }] });
    try {
      await runCli(['run', '--project-dir', project.dir]);
      const later = [{ name: 'Docs' }, { name: 'Base', verify: 'true' }, { name: 'Login', depends_on: [1] }];
      await writeFile(path.join(project.dir, 'features.json'), JSON.stringify(later));
      for (const command of [['graph', '--format', 'json'], ['run', '--estimate'], ['run']]) {
        const { notes } = await runCli([...command, '--project-dir', project.dir]);
        const said = notes.filter((line) =>
          /features\.json:1:\d+: The id 1 .*write "Base" instead/.test(line),
        );
        assert.equal(said.length, 1, `${command.join(' ')}: ${notes.join('\n')}`);
      }
    } finally {
      await project.remove();
    }
  });

  for (const [what, args, says] of [
    ['a format it does not know', ['graph', '--format', 'svg'], /--format must be one of mermaid, dot, json/],
    ['a word too many', ['graph', 'now'], /one word too many/],
    ['a folder without a backlog', ['run', '--estimate'], /There is no features\.json/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const sample = await copySample('notes-api');
      try {
        const place = says.source.includes('features') ? path.join(sample.dir, 'src') : sample.dir;
        const { code, notes } = await runCli([...args, '--project-dir', place]);
        assert.equal(code, 2);
        assert.match(notes.join('\n'), says);
      } finally {
        await sample.remove();
      }
    });
  }
});
