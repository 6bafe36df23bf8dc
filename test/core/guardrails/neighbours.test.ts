// Which commands may have been answered by another's server, by what was seen of them while they ran side by side.
import { strict as assert } from 'node:assert';
import { type Beside, Neighbours, type Seen } from '../../../src/core/guardrails/neighbours';

/** `a:80` is a server of a at 80, `b>80` an open connection of b, `?1>80` one that is over and nobody's. */
function seen(text: string): Seen {
  const words = text.split(' ').filter((word) => word !== '');
  const pairs = (mark: string) =>
    words.flatMap((word) => {
      const [tag = '', port] = word.split(mark);
      return port === undefined || tag.startsWith('?') ? [] : [{ tag, port: Number(port) }];
    });
  return {
    servers: pairs(':'),
    connections: pairs('>'),
    ended: words.flatMap((name) =>
      name.startsWith('?') ? [{ name, port: Number(name.split('>')[1]) }] : [],
    ),
  };
}

/** Who of those at work is doubted at the end. */
function doubted(looks: readonly string[], firstPorts: Readonly<Record<string, number>> = {}): string {
  const neighbours = new Neighbours();
  const commands = ['a', 'b', 'c'].map((tag): Beside => ({ tag, firstPort: firstPorts[tag] }));
  for (const command of commands) neighbours.begin(command);
  for (const look of looks) neighbours.see(seen(look));
  return commands.flatMap((command) => (neighbours.end(command) ? [command.tag] : [])).join(' ');
}

describe('neighbours', () => {
  const cases: [what: string, looks: string[], doubted: string][] = [
    ['nothing', [], ''],
    ['servers that nobody talks to', ['a:80 b:81', 'a:80 b:81'], ''],
    ['each talks to its own', ['a:80 b:81 a>80 b>81', 'a:80 b:81 a>80 b>81'], ''],
    ["one talks to another's", ['a:80 b>80'], 'b'],
    ['also where it has a server of its own', ['a:80 b:81 b>81 b>80'], 'b'],
    ['both listen at one port, so either may have answered', ['a:80 b:80 a>80'], 'a'],
    ["one talks to what was another's a moment ago", ['a:80', 'b>80'], 'b'],
    ['it is over, and nobody knows whose it was', ['a:80', 'a:80 ?1>80'], 'b c'],
    ['the same, but one had a server of its own', ['a:80 b:81', 'a:80 ?1>80'], 'c'],
    ['the same, but its server came later', ['a:80', 'a:80 ?1>80', 'b:81'], 'c'],
    ['it is over with a server that was there at one look only', ['a:80 ?1>80'], ''],
    ['it is over with a server that is there at the next look, too', ['a:80 ?1>80', 'a:80 ?1>80'], 'b c'],
    ['what two listen at was perhaps its own', ['a:80 b:80', 'a:80 b:80 ?1>80'], 'c'],
    ['it is over with a server that is none of ours', ['a:80', 'a:80 ?1>9000'], ''],
  ];
  for (const [what, looks, expected] of cases)
    it(`${what}: ${expected || 'nobody'}`, () => assert.equal(doubted(looks), expected));

  it('are not held up by what is over with a port that only its owner is told of', () => {
    const looks = ['a:20017', 'a:20017 ?1>20017'];
    assert.equal(doubted(looks, { a: 20_010 }), '');
    assert.equal(doubted(looks, { a: 20_000 }), 'b c');
    assert.equal(doubted(['a:20017 b>20017'], { a: 20_010 }), 'b', 'it was told of it all the same');
  });

  it('ask for one more look where it would tell more', () => {
    const neighbours = new Neighbours();
    const [a, b] = ['a', 'b'].map((tag): Beside => ({ tag, firstPort: undefined }));
    assert.ok(a && b);
    for (const command of [a, b]) neighbours.begin(command);
    assert.equal(neighbours.isOpen(b), false);
    neighbours.see(seen('a:80 ?1>80'));
    assert.deepEqual([neighbours.isOpen(a), neighbours.isOpen(b)], [false, true]);
    neighbours.see(seen('a:80 ?1>80'));
    assert.equal(neighbours.isOpen(b), false);
    assert.deepEqual([neighbours.end(a), neighbours.end(b)], [false, true]);
  });

  it('are not to blame for what was there before', () => {
    const neighbours = new Neighbours();
    const [first, second] = ['a', 'b'].map((tag): Beside => ({ tag, firstPort: undefined }));
    assert.ok(first && second);
    neighbours.begin(first);
    for (const look of ['a:80', 'a:80 ?1>80']) neighbours.see(seen(look));
    neighbours.begin(second);
    neighbours.see(seen('a:80 ?1>80'));
    assert.equal(neighbours.end(second), false);
    neighbours.end(first);
    assert.equal(neighbours.end(first), false, 'twice');
  });
});
