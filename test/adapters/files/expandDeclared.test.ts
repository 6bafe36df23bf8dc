// What a backlog's paths, folders and globs name in a workspace.
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expandDeclared } from '../../../src/adapters/files/expandDeclared';
import { tempWorkspace } from './tempWorkspace';

const many = Object.fromEntries(Array.from({ length: 201 }, (_, k) => [`many/f${k}.txt`, '']));

describe('expandDeclared', () => {
  const cases: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    'gives the files that a glob matches, without what is ignored or protected, and not through links': {
      '**/*.ts': ['app/[id].ts', 'src/a.ts', 'src/deep/b.ts', 'Ünï.ts'],
      './src/*.ts': ['src/a.ts'],
      'src/**/*.{js,ts}': ['src/a.ts', 'src/deep/b.ts', 'src/deep/c.js'],
    },
    'gives the folder before the wildcard where none or more than 200 match': {
      'dist/**/x.ts': ['dist/'],
      'src/*.css': ['src/'],
      '*.css': ['/'],
      'many/*.txt': ['many/'],
    },
    'gives files that others obey only where the glob names them': {
      'docs/*.md': ['docs/a.md'],
      '*/AGENTS.md': ['docs/AGENTS.md'],
      '.github/workflows/*.yml': ['.github/workflows/ci.yml'],
    },
    'gives folders, also when they are written like a file': {
      'src/': ['src/'],
      'src/**': ['src/'],
      src: ['src/'],
      'src/deep': ['src/deep/'],
    },
    'gives files, there or not, and one whose name looks like a glob': {
      'src/a.ts': ['src/a.ts'],
      'src/new/x.ts': ['src/new/x.ts'],
      'app/[id].ts': ['app/[id].ts'],
    },
    'knows other ways of writing the same name': {
      './src/../SRC/A.ts': ['src/a.ts'],
      'U\u0308ni\u0308.ts': ['Ünï.ts'],
    },
    'gives what links lead to, if that is in the workspace': {
      'src/l.ts': ['src/a.ts'],
      linked: ['src/deep/'],
      'linked/b.ts': ['src/deep/b.ts'],
      'linked/new/x.ts': ['src/deep/new/x.ts'],
      'linked/*.js': ['src/deep/'],
      'gone/x.ts': ['gone/x.ts'],
      'out/x.ts': ['out/x.ts'],
    },
    'gives nothing for what is no path in the workspace': { '../**': [], '/etc/passwd': [] },
  };
  for (const [fact, named] of Object.entries(cases)) {
    it(fact, async () => {
      const { root, user } = await tempWorkspace({
        'src/a.ts': '',
        'src/deep/b.ts': '',
        'src/deep/c.js': '',
        'dist/d.ts': '',
        'app/[id].ts': '',
        'node_modules/e/e.ts': '',
        '.git/f.ts': '',
        '.gitignore': 'dist\n',
        ...many,
        'src/deep/.gitignore': 'hidden.ts\n',
        'src/deep/hidden.ts': '',
        'src/l.ts': { link: 'a.ts' },
        linked: { link: 'src/deep' },
        gone: { link: 'nowhere' },
        out: { link: '..' },
        'Ünï.ts': '',
        'docs/AGENTS.md': '',
        'docs/a.md': '',
        '.github/workflows/ci.yml': '',
      });
      mkdirSync(path.join(root, 'src/empty'));
      const found = await expandDeclared(root, user.rules, Object.keys(named));
      const shown = [...found].map(([text, scopes]) => [
        text,
        scopes.map((scope) => (scope.kind === 'folder' ? `${scope.path}/` : scope.path)),
      ]);
      assert.deepEqual(Object.fromEntries(shown), named);
    });
  }
});
