// What a failed check says of things above the opened folder, and what is no such thing.
import { strict as assert } from 'node:assert';
import { describeOutside } from '../../../src/core/guardrails/outsideNames';

describe('describeOutside', () => {
  const there = ['../../tsconfig.base.json', '../b/index.js', 'hoisted', '@scope/pkg/deep'];
  const says = (command: string, output = '') =>
    describeOutside({ command, output }, (name) => there.includes(name));

  const named: [command: string, output: string, name: string][] = [
    [`node -e "require('../../tsconfig.base.json')"`, '', '../../tsconfig.base.json'],
    ['cat ../b/index.js', 'No such file', '../b/index.js'],
    ['npm test', "Error: Cannot find module 'hoisted'\nRequire stack:", 'hoisted'],
    ['npm test', "Cannot find package 'hoisted' imported from /x/a.js", 'hoisted'],
    ['vite build', `Failed to resolve import "@scope/pkg/deep" from "src/a.ts"`, '@scope/pkg/deep'],
    ['tsc', "error TS5083: Cannot read file '../../tsconfig.base.json'.", '../../tsconfig.base.json'],
  ];
  for (const [command, output, name] of named)
    it(`names ${name} of \`${command}\``, () => {
      assert.match(says(command, output) ?? '', new RegExp(`^"${name}" lies above the folder that is open`));
    });

  it('has nothing to say of what is nowhere, or within', () => {
    for (const [command, output] of [
      ['cat ../nowhere.txt', 'No such file'],
      ['npm test', "Cannot find module 'gone'"],
      ['npm test', "Cannot find module './hoisted'"],
      ['npm test', '3 failing'],
      ['echo a../../tsconfig.base.json', ''],
    ] as const)
      assert.equal(says(command, output), undefined, command);
  });

  it('names a few of many', () => {
    const output = Array.from({ length: 200 }, (_, k) => `Cannot find module 'p${k}'`).join('\n');
    const asked: string[] = [];
    const words = describeOutside({ command: 'x', output }, (name) => asked.push(name) > 0);
    assert.match(words ?? '', /^"p0", "p1", "p2" and 47 more lie above/);
    assert.equal(asked.length, 50);
  });
});
