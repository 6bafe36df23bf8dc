// The table of settings, with an entry more: everything that there is of a setting follows from that entry alone.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { withSettings } from '../../../scripts/settings.mjs';
import type * as files from '../../../src/cli/settingsFiles';
import type * as resolving from '../../../src/core/settings/resolveSettings';
import type * as running from '../../../src/core/settings/runSettings';
import type * as table from '../../../src/core/settings/settingsTable';
import type * as editor from '../../../src/vscode/editorSettings';
import { repoRoot } from '../../support/repoRoot';

type Program = typeof table &
  typeof resolving &
  typeof running & { cli: typeof files; editor: typeof editor };

const entries = {
  run: `further: { key: 'further.words', form: text(10), default: '', ...advanced, order: 99, text: 'Of a run.' },`,
  machine: `furtherPower: { key: 'further.power', form: flag(), default: false, ...ofMachine, order: 99, text: 'Of a machine.' },`,
};

describe('an entry more in the table of settings', () => {
  let dir = '';
  let program: Program;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'pa-table-'));
    program = await programWith(entries, dir);
  });
  after(() => rm(dir, { recursive: true }));

  it('is in package.json, restricted to trusted folders', async () => {
    const text = await readFile(path.join(repoRoot, 'package.json'), 'utf8');
    const manifest = JSON.parse(await withSettings(text, program.allSettings));
    const [, { properties }] = manifest.contributes.configuration;
    assert.deepEqual(properties['parallelAgents.further.words'], {
      type: 'string',
      default: '',
      markdownDescription: 'Of a run.',
      scope: 'resource',
      order: 99,
    });
    assert.equal(properties['parallelAgents.further.power'].scope, 'machine');
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual(restrictedConfigurations.slice(-2), [
      'parallelAgents.further.power',
      'parallelAgents.further.words',
    ]);
  });

  it('is resolved, told of when it is wrong, sent and stored', () => {
    const { settings, machine } = program.resolveSettings((name) =>
      name === 'further.words' ? 'abc' : name === 'further.power' ? true : undefined,
    );
    assert.equal(field(settings, 'further'), 'abc');
    assert.equal(field(machine, 'furtherPower'), true);
    const wrong = program.resolveSettings((name) => (name.startsWith('further') ? 7 : undefined));
    assert.deepEqual(wrong.warnings, [
      'parallelAgents.further.power must be true or false, not 7; false is used.',
      'parallelAgents.further.words must be text, not 7; "" is used.',
    ]);
    assert.equal(field(program.runSettingsSchema.parse(settings), 'further'), 'abc');
    assert.equal(program.runSettingsSchema.safeParse({ ...settings, further: 7 }).success, false);
    assert.equal(field(program.readRunSettings(settings), 'further'), 'abc');
  });

  it('is read by the command line, of the scope that it names', async () => {
    await mkdir(path.join(dir, '.vscode'));
    const said = { 'parallelAgents.further.words': 'abc', 'parallelAgents.further.power': true };
    await writeFile(path.join(dir, '.vscode', 'settings.json'), JSON.stringify(said));
    const { read } = await program.cli.readSettings(dir, {}, { XDG_CONFIG_HOME: dir, APPDATA: dir });
    assert.deepEqual([read('further.words'), read('further.power')], ['abc', undefined]);
  });

  it('is read by the editor', () => {
    const { run, machine } = program.editor.readSettings();
    assert.deepEqual([field(run, 'further'), field(machine, 'furtherPower')], ['of the ed', true]);
  });
});

function field(of: object, name: string): unknown {
  return Object.entries(of).find(([key]) => key === name)?.[1];
}

/** The program as it is, but for these lines at the head of two groups of the table. */
async function programWith(lines: typeof entries, outdir: string): Promise<Program> {
  const outfile = path.join(outdir, 'program.cjs');
  const names = ['core/settings/settingsTable', 'core/settings/resolveSettings', 'core/settings/runSettings'];
  await build({
    stdin: {
      contents: [
        ...names.map((name) => `export * from './src/${name}';`),
        `export * as cli from './src/cli/settingsFiles';`,
        `export * as editor from './src/vscode/editorSettings';`,
      ].join('\n'),
      resolveDir: repoRoot,
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    plugins: [
      {
        name: 'an-entry-more',
        setup(bundler) {
          bundler.onLoad({ filter: /(settings|machine)Table\.ts$/ }, async ({ path: file }) => {
            const source = await readFile(file, 'utf8');
            const [group, line] = file.endsWith('machineTable.ts')
              ? ['export const machineTable', lines.machine]
              : ['const run', lines.run];
            assert.ok(source.includes(`${group} = {\n`), `no group ${group}`);
            const contents = source.replace(`${group} = {\n`, (head) => head + line);
            return { contents, loader: 'ts' };
          });
          bundler.onResolve({ filter: /^vscode$/ }, () => ({ path: 'vscode', namespace: 'an-editor' }));
          bundler.onLoad({ filter: /.*/, namespace: 'an-editor' }, () => ({ contents: editorWith }));
        },
      },
    ],
  });
  return require(outfile);
}

/** An editor as far as its settings: these two are set. */
const editorWith = `
  const set = { 'further.words': 'of the ed', 'further.power': true };
  const section = { get: (name) => set[name], inspect: () => undefined };
  exports.workspace = { getConfiguration: () => section };
`;
