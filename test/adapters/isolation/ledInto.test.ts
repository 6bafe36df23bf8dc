// Variables that name the workspace lead into the place instead, and nothing else of them is changed.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ledInto } from '../../../src/adapters/isolation/ledInto';

describe('variables of a place', () => {
  const cases: readonly (readonly [value: string, led: string])[] = [
    ['/home/me/app', '/cache/1/app'],
    ['/home/me/app/lib:/usr/lib:/home/me/app', '/cache/1/app/lib:/usr/lib:/cache/1/app'],
    ['sqlite:////home/me/app/dev.db?x=1', 'sqlite:////cache/1/app/dev.db?x=1'],
    ['--require "/home/me/app/a.js"', '--require "/cache/1/app/a.js"'],
    ['/home/me/app2/lib', '/home/me/app2/lib'],
    ['/home/me/app.old', '/home/me/app.old'],
    ['/mnt/home/me/app', '/mnt/home/me/app'],
    ['/home/me', '/home/me'],
    ['$1 $& lib', '$1 $& lib'],
  ];
  for (const [value, led] of cases)
    it(`${value} is ${led}`, () =>
      assert.deepEqual(ledInto('/cache/1/app', '/home/me/app', { A: value, B: 'b' }), { A: led, B: 'b' }));

  it('takes both paths to the letter', () =>
    assert.deepEqual(ledInto('/c/$&', '/a.b+(c)', { A: '/a.b+(c)/x', B: '/aXb+(c)' }), {
      A: '/c/$&/x',
      B: '/aXb+(c)',
    }));
});
