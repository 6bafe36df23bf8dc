// House rules on names and places: a file is named for the one thing inside, and its folder is a room.
import { strict as assert } from 'node:assert';
import path from 'node:path';
import { contentOf, productFiles, projectFiles } from '../support/sourceFiles';

const rooms = [
  'core',
  'protocol',
  'ports',
  'engine',
  'agent',
  'adapters',
  'hub',
  'client',
  'host',
  'worker',
  'cli',
  'mcp',
  'vscode',
];
const emptyNames = /^(index|utils?|types?|helpers?|common|misc|constants|interfaces?)\./;
const otherText = /job|task|ticket|manager|service|controller|helper|util/i;

/** Each rule as a test that names what breaks it; `seen` shows that it would. */
const rules: { rule: string; breaks: (file: string, content: string) => boolean; seen: [string, string?] }[] =
  [
    {
      rule: 'no file outside a room',
      breaks: (file) => file.startsWith('src/') && !rooms.some((room) => file.startsWith(`src/${room}/`)),
      seen: ['src/shared/thing.ts'],
    },
    {
      rule: 'no barrels and no names that say nothing',
      breaks: (file) => emptyNames.test(path.posix.basename(file)),
      seen: ['src/core/locks/index.ts'],
    },
    {
      rule: 'no second word for a thing that has its name',
      breaks: (file) => otherText.test(path.posix.basename(file)),
      seen: ['src/engine/lockManager.ts'],
    },
    {
      rule: 'file names are camelCase',
      breaks: (file) => !/^[a-z][A-Za-z0-9]*(\.d)?\.ts$/.test(path.posix.basename(file)),
      seen: ['src/core/locks/lock-table.ts'],
    },
    {
      rule: 'no default exports',
      breaks: (_, content) => /^export default\b|^export \{[^}]*\bas default\b/m.test(content),
      seen: ['src/core/locks/lockTable.ts', 'export default 1;\n'],
    },
    {
      rule: 'opens with a sentence on what it is',
      breaks: (_, content) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(content),
      seen: ['src/core/locks/lockTable.ts', 'export const a = 1;\n'],
    },
  ];

describe('names', () => {
  for (const { rule, breaks, seen } of rules) {
    it(rule, () => {
      const files = productFiles();
      assert.ok(files.length > 0, 'no files were looked at');
      assert.deepEqual(
        files.filter((file) => breaks(file, contentOf(file))),
        [],
      );
      assert.ok(breaks(seen[0], seen[1] ?? ''), 'the rule is blind');
    });
  }

  it('scripts and tests open with a sentence, too', () => {
    const files = projectFiles().filter((file) => /^(scripts|test)\/.*\.(ts|[cm]js)$/.test(file));
    assert.deepEqual(
      files.filter((file) => !/^(#!.*\n)?(\/\/ |\/\*\*)/.test(contentOf(file))),
      [],
    );
  });
});
