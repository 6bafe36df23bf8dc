// What agents print, as it is kept for whoever looks.
import { strict as assert } from 'node:assert';
import { Redactor } from '../../src/core/guardrails/redactor';
import { type Output, OutputRings } from '../../src/host/outputRings';

const key = 'sk-live-0123456789abcdef';

describe('outputRings', () => {
  function open() {
    const redactor = new Redactor();
    redactor.add(key);
    const rings = new OutputRings(redactor);
    const told: Output[] = [];
    rings.onOutput((output) => told.push(output));
    return { rings, shown: () => told.map(({ text }) => text).join('') };
  }

  it('hold no key, and tell none, also when it comes in two pieces with others between them', () => {
    const { rings, shown } = open();
    rings.add({ slot: 1, fence: 1, text: `uses ${key.slice(0, 9)}` });
    rings.add({ slot: 2, fence: 2, text: 'of another agent, ' });
    rings.add({ slot: 1, fence: 1, text: `${key.slice(9)} here.` });
    assert.equal(rings.read(1), 'uses [key] here.');
    assert.equal(shown(), 'uses of another agent, [key] here.');
  });

  it('show at the end of an attempt what had waited for more', () => {
    const { rings } = open();
    rings.add({ slot: 1, fence: 1, text: 'the end is sk-l' });
    assert.equal(rings.read(1), 'the end is ');
    rings.end(1, 1);
    assert.equal(rings.read(1), 'the end is sk-l');
    rings.end(1, 1);
    assert.equal(rings.read(1), 'the end is sk-l');
  });

  it('begin anew with an attempt, and hold the last 64 KiB', () => {
    const { rings } = open();
    rings.add({ slot: 1, fence: 1, text: 'old' });
    rings.add({ slot: 1, fence: 2, text: 'x'.repeat(100_000) });
    assert.equal(rings.read(1), 'x'.repeat(64 * 1024));
  });
});
