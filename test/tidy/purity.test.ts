// House rule: the inner rooms know no platform, no clock and no chance, and core neither waits nor throws.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { repoRoot } from '../support/repoRoot';
import { contentOf, productFiles } from '../support/sourceFiles';

/** One line each; every one must be refused by the compiler with the settings of the inner rooms. */
const platformUses = [
  'export const a = process.env;',
  'export const b = setTimeout(() => {}, 1);',
  'export const c = fetch("x");',
  'export const d = performance.now();',
  'export const e = crypto.randomUUID();',
  'export const f = Buffer.from("x");',
  'export const g = document.body;',
  'export const h = require("node:fs");',
  'console.log("x");',
  'import * as fs from "node:fs";',
  'import * as vscode from "vscode";',
];

describe('the inner rooms', () => {
  it('do not compile with anything of a platform in them', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), 'purity-'));
    try {
      writeFileSync(path.join(folder, 'planted.ts'), ['export const pure = 1;', ...platformUses].join('\n'));
      const config = { extends: path.join(repoRoot, 'tsconfig.pure.json'), include: ['planted.ts'] };
      writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = path.join(repoRoot, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
      const lines = [...stdout.matchAll(/planted\.ts\((\d+),/g)].map(([, line]) => Number(line));
      const expected = platformUses.map((_, at) => at + 2);
      assert.deepEqual(
        [...new Set(lines)].sort((a, b) => a - b),
        expected,
        stdout,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('read no clock and throw no dice', () => {
    assert.deepEqual(offences(/^src\/(core|protocol|ports|engine|agent)\//, readsClockOrChance), []);
    for (const use of ['Date.now()', 'new Date()', 'Date()', 'Math.random()']) {
      assert.equal(offencesIn('planted.ts', use, readsClockOrChance).length, 1, use);
    }
    assert.deepEqual(offencesIn('planted.ts', 'new Date(at).toISOString()', readsClockOrChance), []);
  });
});

describe('core', () => {
  it('is never asynchronous', () => {
    assert.deepEqual(offences(/^src\/core\//, isAsynchronous), []);
    for (const use of [
      'async () => 1',
      'const a: Promise<void> = b',
      'await a',
      'for await (const a of b) {}',
    ]) {
      assert.ok(offencesIn('planted.ts', use, isAsynchronous).length > 0, use);
    }
  });

  it('throws nowhere but in assertNever', () => {
    assert.deepEqual(offences(/^src\/core\//, throwsAnError), []);
    assert.equal(offencesIn('planted.ts', 'function f() { throw new Error(); }', throwsAnError).length, 1);
    assert.deepEqual(
      offencesIn('planted.ts', 'function assertNever() { throw new Error(); }', throwsAnError),
      [],
    );
  });
});

type Rule = (node: ts.Node) => boolean;

function readsClockOrChance(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return ['Date.now', 'Math.random'].includes(node.getText());
  const makesDate = ts.isNewExpression(node) || ts.isCallExpression(node);
  return makesDate && node.expression.getText() === 'Date' && !node.arguments?.length;
}

function isAsynchronous(node: ts.Node): boolean {
  const words = [ts.SyntaxKind.AsyncKeyword, ts.SyntaxKind.AwaitKeyword, ts.SyntaxKind.AwaitExpression];
  return words.includes(node.kind) || (ts.isIdentifier(node) && node.text === 'Promise');
}

function throwsAnError(node: ts.Node): boolean {
  const inAssertNever = ts.findAncestor(node, (outer) => {
    return ts.isFunctionDeclaration(outer) && outer.name?.text === 'assertNever';
  });
  return ts.isThrowStatement(node) && !inAssertNever;
}

function offences(place: RegExp, rule: Rule): string[] {
  const files = productFiles().filter((file) => place.test(file));
  assert.ok(files.length > 0, 'no files were looked at');
  return files.flatMap((file) => offencesIn(file, contentOf(file), rule));
}

function offencesIn(file: string, content: string, rule: Rule): string[] {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (rule(node)) found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
