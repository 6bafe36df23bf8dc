// What a workspace has in the place of built-in checklists, and why it is passed over.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mostChecklistBytes, readOwnChecklists } from '../../../src/adapters/files/ownChecklists';
import { withoutRights } from '../../support/withoutRights';

describe('readOwnChecklists', () => {
  let stateDir: string;
  const at = (...names: string[]) => path.join(stateDir, 'prompts', ...names);
  const read = () => readOwnChecklists(stateDir, ['coding', 'frontend']);
  const refused = (why: string) => [
    {
      name: 'coding',
      ok: false,
      why: `.parallel-agents/prompts/coding_prompt.md ${why}; the built-in checklist is used in its place.`,
    },
  ];

  beforeEach(async () => {
    stateDir = await mkdtemp(path.join(tmpdir(), 'checklists-'));
    await mkdir(at());
  });
  afterEach(() => rm(stateDir, { recursive: true, force: true }));

  it('has those that are asked for, and there', async () => {
    await writeFile(at('coding_prompt.md'), '- Größe\n');
    await writeFile(at('backend_prompt.md'), 'not asked for');
    assert.deepEqual(await read(), [{ name: 'coding', ok: true, text: '- Größe\n' }]);
  });

  it('has none without the folder, or the file', async () => {
    assert.deepEqual(await read(), []);
    await rm(at(), { recursive: true });
    assert.deepEqual(await read(), []);
  });

  const cases: readonly (readonly [string, () => Promise<unknown>, why: string])[] = [
    ['a link', () => symlink('/etc/passwd', at('coding_prompt.md')), 'is a link'],
    ['a link that leads nowhere', () => symlink('none', at('coding_prompt.md')), 'is a link'],
    ['a folder', () => mkdir(at('coding_prompt.md')), 'is a folder'],
    ['a pipe', async () => execFileSync('mkfifo', [at('coding_prompt.md')]), 'is not a regular file'],
    [
      'what is too long',
      () => writeFile(at('coding_prompt.md'), 'x'.repeat(mostChecklistBytes + 1)),
      'has 20 KB; at most 20 KB are read',
    ],
    [
      'what is no text',
      () => writeFile(at('coding_prompt.md'), Buffer.from([0xff, 0xfe, 0x41, 0])),
      'is no text in UTF-8',
    ],
  ];
  for (const [what, make, why] of cases) {
    it(`passes over ${what}`, async () => {
      await make();
      assert.deepEqual(await read(), refused(why));
    });
  }

  it('passes over what lies in a linked folder', async () => {
    await rm(at(), { recursive: true });
    const elsewhere = path.join(stateDir, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'coding_prompt.md'), 'theirs');
    await symlink(elsewhere, at());
    const [one] = await read();
    assert.ok(one?.ok === false);
    assert.match(one.why, /^\.parallel-agents\/prompts\/coding_prompt\.md is not read, for .* the built-in/);
  });

  it('passes over what may not be read', async () => {
    await writeFile(at('coding_prompt.md'), 'mine');
    await chmod(at('coding_prompt.md'), 0);
    await withoutRights(async () => assert.deepEqual(await read(), refused('may not be read')), stateDir);
  });
});
