// CPU time of children, as Linux and macOS write it and as it is measured here.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { childrenCpuMs, fromPs, fromStat, fromTimes } from '../../../src/adapters/process/childrenCpu';

describe('CPU time of children', () => {
  it('is read from stat, whatever the program is called', () => {
    const stat = '7 (a) R 1 (x) S 1 7 7 0 -1 4194304 100 0 0 0 11 12 130 14 20 0 1 0 89913';
    assert.equal(fromStat(stat), 1_440);
    assert.equal(fromStat('no such thing'), undefined);
  });

  const times: [text: string, ms: number | undefined][] = [
    ['  0:04.56\n', 4_560],
    ['12:34.50', 754_500],
    ['02:03:04', 7_384_000],
    ['1-02:03:04', 93_784_000],
    ['TIME', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of times)
    it(`is read from ${JSON.stringify(text)}`, () => assert.equal(fromPs(text), ms));

  it('is read from what a shell tells of its children, in words of any country', () => {
    assert.equal(fromTimes('0m0.01s 0m0.02s\n1m1.230000s 0m0.5s\n'), 61_730);
    assert.equal(fromTimes('0m0,001s 0m0,002s\n0m0,200s 0m0,010s\n'), 210);
    assert.equal(fromTimes(''), undefined);
  });

  it('grows by what a child and its child took, once they have ended', function () {
    if (process.platform === 'win32') return this.skip();
    const before = childrenCpuMs() ?? assert.fail('this system does not tell');
    // Asking is itself mostly the system's time, so it is asked now and then only.
    const busy =
      'const until = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < until) for (let k = 0; k < 1e6; k++);';
    spawnSync('/bin/sh', ['-c', `"${process.execPath}" -e '${busy}'; true`]);
    const grown = (childrenCpuMs() ?? 0) - before;
    assert.ok(grown >= 290 && grown < 3_000, `${grown} ms`);
  });
});
