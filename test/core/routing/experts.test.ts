// Who is to look at a feature's work, and why.
import { strict as assert } from 'node:assert';
import type { FeatureSpec } from '../../../src/core/features/feature';
import { chooseExperts } from '../../../src/core/routing/experts';
import { specOf } from '../sampleFeatures';

describe('chooseExperts', () => {
  const ui = 'ui_master, aesthetics_master';
  const service = 'logic_master, architect';
  const cases: readonly (readonly [Partial<FeatureSpec>, reason: string, checklists: string])[] = [
    [{}, 'logic_master for work of any kind', 'coding'],
    [{ category: 'frontend' }, `${ui} for category frontend`, 'frontend'],
    [{ category: 'backend' }, `${service} for category backend`, 'coding backend'],
    [{ category: 'database' }, `${service} for category database`, 'coding backend'],
    [{ category: 'testing' }, 'test_master for category testing', 'testing'],
    [{ category: 'documentation' }, 'docs_master for category documentation', 'documentation'],
    [{ category: 'product' }, 'product_manager for category product', 'product'],
    [{ category: '__proto__' }, 'logic_master for work of any kind', 'coding'],
    [{ files: ['src/Login.tsx'] }, `${ui} for .tsx files`, 'frontend'],
    [{ files: ['src/Login.jsx', 'src/login.css'] }, `${ui} for .jsx files`, 'frontend'],
    [{ files: ['src/login.ts'] }, `${service} for .ts files`, 'coding backend'],
    [{ files: ['login.PY'] }, `${service} for .py files`, 'coding backend'],
    [{ files: ['src/login.go'] }, 'logic_master for .go files', 'coding'],
    [{ files: ['a.constructor'] }, 'logic_master for .constructor files', 'coding'],
    [
      { files: ['src/*.{tsx,ts}'] },
      `${ui} for .tsx files; ${service} for .ts files`,
      'frontend coding backend',
    ],
    [{ files: ['README.md'] }, 'docs_master for .md files', 'documentation'],
    [
      { files: ['src/a.ts', 'src/a.test.ts'] },
      `${service} for .ts files; test_master for test files`,
      'coding backend testing',
    ],
    [{ files: ['tests/'] }, 'test_master for test files', 'testing'],
    [{ files: ['src/latest/'] }, 'logic_master for work of any kind', 'coding'],
    [{ files: ['pkg/test_login.py'] }, 'test_master for test files', 'testing'],
    [{ files: ['.env', 'src/', 'Makefile'] }, 'logic_master for work of any kind', 'coding'],
    [
      { category: 'frontend', files: ['src/a.css', 'src/a.ts'] },
      `${ui} for category frontend; ${service} for .ts files`,
      'frontend coding backend',
    ],
    [
      { description: 'The UI of the list' },
      `${ui} for a user interface, which its text speaks of`,
      'frontend',
    ],
    [
      { description: 'An endpoint for orders' },
      `${service} for a service or its data, which its text speaks of`,
      'coding backend',
    ],
    [{ description: 'Add unit tests' }, 'test_master for tests, which its text speaks of', 'testing'],
    [{ name: 'Tutorial' }, 'docs_master for documentation, which its text speaks of', 'documentation'],
    [
      { description: 'Build the guide for a quick rapid start' },
      'logic_master for work of any kind',
      'coding',
    ],
    [{ category: 'testing', description: 'of the UI' }, 'test_master for category testing', 'testing'],
  ];
  for (const [spec, reason, checklists] of cases) {
    it(`${JSON.stringify(spec)} → ${reason}`, () => {
      const experts = chooseExperts({ ...specOf('A'), ...spec });
      assert.equal(experts.reason, reason);
      assert.equal(experts.checklists.join(' '), checklists);
    });
  }

  it('has a reason of bounded length for any number of files', () => {
    const files = Array.from({ length: 2_000 }, (_, k) => `src/${'x'.repeat(500)}/a.e${k}`);
    assert.ok(chooseExperts(specOf('A', { files })).reason.length < 200);
  });
});
