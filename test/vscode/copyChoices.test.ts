// What Clean Up Copies offers, and what it says.
import { strict as assert } from 'node:assert';
import {
  copyChoices,
  describeFreed,
  describeKept,
  describeOffer,
  type OfferedCopies,
} from '../../src/vscode/copyChoices';

const usedAt = new Date(2026, 0, 2, 12).getTime();
const shop: OfferedCopies = { root: '/home/me/shop', usedAt, bytes: 1.2e9 };
const api: OfferedCopies = { root: '/home/me/api', usedAt, bytes: 3e9 };
const unknown: OfferedCopies = { root: 'C:\\work\\site\\', usedAt, bytes: undefined };
const running: OfferedCopies = { root: '/run', usedAt, bytes: 5e9, usedBy: 'run' };
const open: OfferedCopies = { root: '/open', usedAt, bytes: 5e9, usedBy: 'elsewhere' };

describe('Clean Up Copies', () => {
  it('offers what nobody works in, the largest first, with size, place and last use', () => {
    const choices = copyChoices([shop, unknown, running, api, open]);
    assert.deepEqual(
      choices.map(({ label, description }) => [label, description]),
      [
        ['api', '3 GB'],
        ['shop', '1.2 GB'],
        ['site', 'size not known'],
      ],
    );
    assert.deepEqual(choices[1], {
      label: 'shop',
      description: '1.2 GB',
      detail: '/home/me/shop, last used 2026-01-02',
      picked: true,
      copies: shop,
    });
  });

  it('says what it leaves and why', () => {
    assert.equal(describeKept([shop, api]), '');
    assert.equal(
      describeKept([running, open, shop]),
      'A run is at work in the copies of run: stop it first. Another window or command has open open; its copies are left.',
    );
    assert.match(describeKept([open, open, open, open]), /has 4 projects open/);
  });

  it('says before how much there is, and after how much was freed', () => {
    const offer = (all: readonly OfferedCopies[]) => describeOffer(copyChoices(all));
    assert.equal(offer([shop, api]), '4.2 GB can be freed; copies are made anew when needed');
    assert.match(offer([shop, unknown, running]), /^At least 1\.2 GB can be freed;/);
    assert.equal(describeFreed([shop, api], []), 'Freed 4.2 GB: the copies of shop, api are removed.');
    assert.match(describeFreed([unknown], []), /^Freed at least 0 bytes: the copies of site are removed\.$/);
    assert.equal(
      describeFreed([], [shop]),
      'Nothing was removed. Those of shop are left: somebody works in them now.',
    );
  });
});
