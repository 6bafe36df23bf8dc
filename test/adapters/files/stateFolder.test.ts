// The workspace's own folder: never committed, never somebody else's, never one inside another.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { prepareStateFolder } from '../../../src/adapters/files/stateFolder';
import { Failure } from '../../../src/ports/failure';
import { tempFolder } from './tempWorkspace';

describe('stateFolder', () => {
  it('is private and ignored but for the prompts, as Git sees it', async () => {
    const root = tempFolder();
    const stateDir = await prepareStateFolder(root);
    assert.equal(stateDir, path.join(root, '.parallel-agents'));
    assert.equal(statSync(stateDir).mode & 0o077, 0);
    mkdirSync(path.join(stateDir, 'prompts/deep'), { recursive: true });
    for (const name of ['prompts/deep/a.md', 'agents.db', 'tmp/x', 'blobs/y'])
      writeFileSync(path.join(stateDir, name), 'x');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'core.excludesFile=', ...args], { cwd: root, encoding: 'utf8' });
    git('init', '--quiet');
    assert.equal(git('ls-files', '--others', '--exclude-standard'), '.parallel-agents/prompts/deep/a.md\n');
  });

  it('may be prepared again and at once, and leaves a changed .gitignore alone', async () => {
    const root = tempFolder();
    const [stateDir] = await Promise.all([
      prepareStateFolder(root),
      prepareStateFolder(root),
      prepareStateFolder(root),
    ]);
    const file = path.join(stateDir ?? '', '.gitignore');
    assert.match(readFileSync(file, 'utf8'), /^\/\*$/m);
    writeFileSync(file, '*\n');
    await prepareStateFolder(root);
    assert.equal(readFileSync(file, 'utf8'), '*\n');
    writeFileSync(file, ''); // what a crash leaves
    await prepareStateFolder(root);
    assert.match(readFileSync(file, 'utf8'), /prompts/);
  });

  it('writes through no other name of a file of theirs', async () => {
    const root = tempFolder();
    const precious = path.join(root, 'precious');
    writeFileSync(precious, '');
    mkdirSync(path.join(root, '.parallel-agents'));
    linkSync(precious, path.join(root, '.parallel-agents/.gitignore'));
    const stateDir = await prepareStateFolder(root);
    assert.equal(readFileSync(precious, 'utf8'), '');
    assert.match(readFileSync(path.join(stateDir, '.gitignore'), 'utf8'), /prompts/);
    assert.deepEqual(readdirSync(stateDir).sort(), ['.gitignore', 'blobs', 'tmp']);
  });

  it('is rid of the copies that older versions kept in it', async () => {
    const root = tempFolder();
    const slots = path.join(root, '.parallel-agents/slots');
    const outside = tempFolder();
    writeFileSync(path.join(outside, 'f'), 'precious');
    mkdirSync(path.join(slots, '1/src'), { recursive: true });
    symlinkSync(outside, path.join(slots, '1/link'));
    assert.equal(existsSync(path.join(await prepareStateFolder(root), 'slots')), false);
    assert.equal(readFileSync(path.join(outside, 'f'), 'utf8'), 'precious');
  });

  it('is that of the real folder when the workspace is opened by a link', async () => {
    const root = tempFolder();
    const link = path.join(tempFolder(), 'link');
    symlinkSync(root, link);
    assert.equal(await prepareStateFolder(link), path.join(root, '.parallel-agents'));
  });

  const foreign: Record<string, (root: string) => void> = {
    'a link': (root) => symlinkSync(tempFolder(), path.join(root, '.parallel-agents')),
    'a file': (root) => writeFileSync(path.join(root, '.parallel-agents'), ''),
    'a linked folder in it': (root) => {
      mkdirSync(path.join(root, '.parallel-agents'));
      symlinkSync(tempFolder(), path.join(root, '.parallel-agents/blobs'));
    },
  };
  const parts = ['blobs', 'texts', 'tmp', 'logs', 'slots', 'agents.db', 'agents.journal', 'agents.db.tmp'];
  parts.push(
    'ignore-rules.json',
    '.gitignore',
    'blobs/a',
    'texts/b',
    'tmp/c',
    'logs/worker-1.log',
    'slots/1',
    'history',
    'history/000000000001.jsonl.gz',
    'history/texts',
    'history/texts/d',
  );
  for (const part of parts) {
    for (const [kind, to] of Object.entries({ folder: 'd', file: 'f', 'missing file': 'none' })) {
      foreign[`a link to a ${kind} at ${part}`] = (root) => {
        const outside = tempFolder();
        mkdirSync(path.join(outside, 'd'));
        writeFileSync(path.join(outside, 'f'), 'precious');
        const at = path.join(root, '.parallel-agents', part);
        mkdirSync(path.dirname(at), { recursive: true });
        symlinkSync(path.join(outside, to), at);
      };
    }
  }
  foreign['a folder where a file belongs'] = (root) =>
    mkdirSync(path.join(root, '.parallel-agents/agents.db'), { recursive: true });
  foreign['a file where a folder belongs'] = (root) => {
    mkdirSync(path.join(root, '.parallel-agents'));
    writeFileSync(path.join(root, '.parallel-agents/logs'), '');
  };
  for (const [what, plant] of Object.entries(foreign)) {
    it(`refuses ${what} in its stead`, async () => {
      const root = tempFolder();
      plant(root);
      const before = readdirSync(root, { recursive: true });
      await assert.rejects(
        prepareStateFolder(root),
        (error) =>
          Failure.is(error, 'foreign') &&
          /"\S+\.parallel-agents\S*" is .*; move it away and start again\.$/.test(error.message),
      );
      assert.deepEqual(readdirSync(root, { recursive: true }), before);
    });
  }

  it('lets what the user keeps there be', async () => {
    const root = tempFolder();
    const stateDir = await prepareStateFolder(root);
    mkdirSync(path.join(stateDir, 'prompts'));
    mkdirSync(path.join(stateDir, 'set-aside-2026'));
    assert.equal(await prepareStateFolder(root), stateDir);
  });

  it('refuses a workspace inside another and names that one', async () => {
    const root = tempFolder();
    await prepareStateFolder(root);
    const inner = path.join(root, 'packages/a');
    mkdirSync(inner, { recursive: true });
    await assert.rejects(
      prepareStateFolder(inner),
      (error) => Failure.is(error, 'refused') && error.message.includes(`inside "${root}"`),
    );
    assert.deepEqual(readdirSync(inner), []);
  });
});
