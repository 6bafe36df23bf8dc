// House rule: who may import whom. The real tree keeps every rule, and a planted tree shows that each rule can fire.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repoRoot } from '../support/repoRoot';
import { productFiles } from '../support/sourceFiles';

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

const node = ['node:fs', 'node:sqlite'];
const npm = ['zod', 'vscode-jsonrpc/node', 'picomatch'];
/** The module `vscode`, which has the name of a room. */
const editorApi = 'editor-api';
const outside = [...node, ...npm, editorApi];

/** The table of rooms as the design states it: all that a room may import. */
const rooms: Record<string, string[]> = {
  core: [],
  protocol: ['core', 'zod'],
  ports: ['core', 'protocol'],
  engine: ['core', 'ports'],
  agent: ['core', 'ports'],
  adapters: ['core', 'ports', ...node, ...npm],
  hub: ['core', 'ports', 'protocol', ...node, 'vscode-jsonrpc/node'],
  client: ['core', 'ports', 'protocol', 'adapters', 'hub', ...node],
  host: ['core', 'ports', 'protocol', 'engine', 'adapters', 'hub', 'client', ...node],
  worker: ['core', 'ports', 'protocol', 'agent', 'adapters', 'hub', ...node, ...npm],
  cli: ['core', 'ports', 'protocol', 'adapters', 'hub', 'client', ...node, ...npm],
  mcp: ['core', 'protocol', 'hub', 'client', ...node, ...npm],
  vscode: ['core', 'protocol', 'hub', 'client', ...node, editorApi],
  'webview-ui': ['core', ...npm],
};

/** Inside core, from left to right; folders of one step do not know each other. */
const coreFolders: Record<string, string[]> = {
  shared: [],
  models: ['shared'],
  tools: ['shared'],
};
for (const step of [
  ['claims', 'locks', 'guardrails'],
  ['proof'],
  ['features'],
  ['graph', 'routing', 'knowledge'],
]) {
  const earlier = Object.keys(coreFolders);
  for (const folder of step) coreFolders[folder] = earlier;
}
const untilKnowledge = Object.keys(coreFolders);
for (const folder of ['settings', 'cost', 'planning', 'learning']) coreFolders[folder] = untilKnowledge;
coreFolders.events = Object.keys(coreFolders);
coreFolders.scheduler = Object.keys(coreFolders);

/** File, what it imports, and the rules that must name it; those that the two tables do not show. */
const plants: [file: string, imports: string[], rules: string[]][] = [
  ['src/core/locks/one.ts', ['./two'], ['no-cycle']],
  ['src/core/locks/two.ts', ['./one'], []], // a cycle is reported once
  ['src/adapters/left/one.ts', ['../right/two'], []],
  ['src/adapters/left/four.ts', [], []],
  ['src/adapters/right/two.ts', [], []],
  ['src/adapters/right/three.ts', ['../left/four'], []],
  ['src/adapters/lost.ts', ['./nowhere'], ['adapters-imports', 'resolvable']],
  ['src/agent/prompts/system.md', [], []],
  ['src/agent/prompted.ts', ['./prompts/system.md'], []],
  ['src/adapters/store/sqlStore.ts', ['sql.js'], []],
  ['src/adapters/process/opener.ts', ['../store/sqlStore'], []],
  ['src/worker/opensStore.ts', ['../adapters/process/opener'], ['clients-without-engine-and-database']],
  ['src/client/opensStore.ts', ['../adapters/process/opener'], ['clients-without-engine-and-database']],
  ['src/host/createHost.ts', [], []],
  ['src/host/joinWorkspace.ts', ['./createHost'], []],
  ['src/vscode/joins.ts', ['../host/joinWorkspace'], []],
  ['src/cli/makesHost.ts', ['../host/createHost'], ['faces-by-the-doors-of-the-host']],
  ['src/hub/server.ts', [], []],
  ['src/worker/serves.ts', ['../hub/server'], ['worker-is-a-client']],
  ['src/core/settings/schemas.ts', ['zod'], []],
  ['src/core/settings/reads.ts', ['picomatch'], ['core-schemas-imports']],
  ['src/core/tools/schemas.ts', ['zod'], []],
  ['src/core/tools/reads.ts', ['picomatch'], ['core-schemas-imports']],
  ['src/core/settings/anchored.ts', ['../../ports/anchor'], ['core-schemas-imports']],
  ['src/core/corner/anchor.ts', [], []],
  ['src/cli/main.ts', ['../core/corner/anchor'], ['core-folder-unknown']],
  ['src/protocol/webviewMessages.ts', [], []],
  ['webview-ui/src/main.ts', ['../../src/protocol/webviewMessages'], []],
  ['test/core/x.test.ts', ['vscode'], ['vscode-only-in-its-room']],
  ['test/vscode/x.host.test.ts', ['vscode'], []],
];

describe('the layers', function () {
  this.timeout(60_000);

  it('hold in the real tree, all of which is seen', () => {
    const { modules, summary } = cruise(repoRoot);
    assert.deepEqual(
      summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      [],
    );
    const seen = new Set(modules.map(({ source }) => source));
    const files = productFiles();
    assert.ok(files.length > 0, 'no files were looked at');
    assert.deepEqual(
      files.filter((file) => !seen.has(file)),
      [],
    );
  });

  describe('in a planted tree', () => {
    let folder: string;
    let violations: readonly Violation[];

    before(() => {
      folder = plantTree();
      violations = cruise(folder).summary.violations;
    });
    after(() => rmSync(folder, { recursive: true }));

    for (const [room, allowed] of Object.entries(rooms)) {
      it(`let ${room} import ${allowed.join(', ') || 'nothing'}`, () => {
        const targets = [...Object.keys(rooms), ...outside].filter((target) => target !== room);
        const free = targets.filter((target) => !refused(fileIn(roomFolder(room), target)));
        assert.deepEqual(new Set(free), new Set(allowed));
      });
    }

    for (const [name, allowed] of Object.entries(coreFolders)) {
      it(`let core/${name} import ${allowed.join(', ') || 'nothing'}`, () => {
        const others = Object.keys(coreFolders).filter((other) => other !== name);
        const free = others.filter((other) => !refused(fileIn(`src/core/${name}`, other)));
        assert.deepEqual(new Set(free), new Set(allowed));
      });
    }

    it('hold for cycles, hidden ways, strangers and dead ends', () => {
      for (const [file, , expected] of plants) {
        const rules = violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
        assert.deepEqual(
          [...new Set(rules)].filter((name) => !name.startsWith('reached')),
          expected,
          file,
        );
      }
      const folders = violations.filter(({ rule }) => rule.name === 'no-cycle-of-folders');
      assert.ok(folders.some(({ from, to }) => from === 'src/adapters/left' && to === 'src/adapters/right'));
    });

    it('report what no entry reaches, and only that', () => {
      const dead = violations.filter(({ rule }) => rule.name === 'reached-by-an-entry').map(({ to }) => to);
      assert.ok(dead.includes('src/adapters/lost.ts'));
      assert.ok(!dead.includes('src/core/corner/anchor.ts'));
    });

    it('have shown every rule at work', () => {
      const { forbidden } = require(path.join(repoRoot, '.dependency-cruiser.cjs'));
      const fired = new Set(violations.map(({ rule }) => rule.name));
      assert.deepEqual(
        forbidden.map(({ name }: { name: string }) => name).filter((name: string) => !fired.has(name)),
        [],
      );
    });

    /** By a rule on what the file imports; that nothing reaches it, and what circles arise, is another matter. */
    function refused(file: string): boolean {
      return violations.some(({ from, rule }) => from === file && !/^(reached|no-cycle)/.test(rule.name));
    }
  });
});

function cruise(cwd: string): Cruise {
  const program = path.join(repoRoot, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = path.join(cwd, '.dependency-cruiser.cjs');
  const args = [program, '--config', config, '--output-type', 'json', 'src', 'webview-ui', 'test'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  assert.ok(stdout.startsWith('{'), stderr);
  return JSON.parse(stdout);
}

/** A project with one file for every pair of a room and what it could import, allowed or not. */
function plantTree(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'layers-'));
  const write = (file: string, content: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  };
  copyFileSync(path.join(repoRoot, '.dependency-cruiser.cjs'), path.join(folder, '.dependency-cruiser.cjs'));
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { module: 'ESNext', moduleResolution: 'bundler' } }),
  );
  write('package.json', '{}');
  for (const name of ['zod', 'picomatch', 'vscode-jsonrpc', 'sql.js']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  write('node_modules/vscode-jsonrpc/node.js', '');
  write('node_modules/@types/vscode/package.json', '{ "name": "@types/vscode", "types": "index.d.ts" }');
  write('node_modules/@types/vscode/index.d.ts', 'declare module "vscode" {}');

  for (const room of Object.keys(rooms)) {
    const home = roomFolder(room);
    write(`${home}/anchor.ts`, 'export const a = 1;');
    for (const target of Object.keys(rooms)) {
      if (target === room) continue;
      write(fileIn(home, target), importing(path.posix.relative(home, `${roomFolder(target)}/anchor`)));
    }
    for (const target of outside) write(fileIn(home, target), importing(target));
  }
  for (const name of Object.keys(coreFolders)) {
    write(`src/core/${name}/anchor.ts`, 'export const a = 1;');
    for (const other of Object.keys(coreFolders)) {
      if (other !== name) write(fileIn(`src/core/${name}`, other), importing(`../${other}/anchor`));
    }
  }
  for (const [file, imports] of plants) write(file, imports.map(importing).join('') || 'export const a = 1;');
  return folder;
}

/** Rooms are imported by a type only, as the rules must see that, too. */
function importing(target: string): string {
  const isRoom = target.startsWith('.');
  if (isRoom) return `import type { a } from '${target}';\nexport type A = a;\n`;
  return `import '${target === editorApi ? 'vscode' : target}';\n`;
}

function roomFolder(room: string): string {
  if (room === 'webview-ui') return 'webview-ui/src';
  return room === 'core' ? 'src/core/shared' : `src/${room}`;
}

function fileIn(folder: string, target: string): string {
  return `${folder}/to-${target.replaceAll(/\W/g, '-')}.ts`;
}
