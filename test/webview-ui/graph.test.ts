// How the graph is cut down and laid out, and where its keys lead.
import { strict as assert } from 'node:assert';
import { focusOn } from '../../webview-ui/src/graphFocus';
import { nextPlace } from '../../webview-ui/src/graphKeys';
import { boxHeight, boxWidth, layOut } from '../../webview-ui/src/graphLayout';
import { busyShop, claim, finish, layers, passed, run } from '../vscode/scenes';

const shop = () => Object.values(busyShop().snapshot.features);

describe('the layout of the graph', () => {
  it('puts every feature to the right of all it needs', () => {
    const { places } = layOut(shop());
    const at = new Map(places.map((place) => [place.id, place]));
    const needs = places.flatMap(({ id, needs }) => needs.map((need) => [need, id] as const));
    assert.equal(needs.length, 8);
    for (const [need, id] of needs) {
      assert.ok((at.get(need)?.x ?? 0) + boxWidth < (at.get(id)?.x ?? 0), `${need} before ${id}`);
    }
  });

  it('lets no two boxes overlap, and holds them all', () => {
    const { places, width, height } = layOut(Object.values(layers(60).snapshot.features));
    places.forEach((a, k) => {
      for (const b of places.slice(k + 1)) {
        const apart = Math.abs(a.x - b.x) >= boxWidth || Math.abs(a.y - b.y) >= boxHeight;
        assert.ok(apart, `${a.id} and ${b.id}`);
      }
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + boxWidth <= width && a.y + boxHeight <= height);
    });
  });

  it('draws each line from the one box’s right side to the other’s left', () => {
    const { places, lines } = layOut(shop());
    const at = new Map(places.map((place) => [place.id, place]));
    for (const { from, to, points } of lines) {
      const [start, end] = [at.get(from), at.get(to)];
      assert.deepEqual(points[0], { x: (start?.x ?? 0) + boxWidth, y: (start?.y ?? 0) + boxHeight / 2 });
      assert.deepEqual(points.at(-1), { x: end?.x ?? 0, y: (end?.y ?? 0) + boxHeight / 2 });
    }
  });

  it('takes names such as __proto__ for what they are', () => {
    const history = layers(1);
    const [first] = Object.values(history.snapshot.features);
    assert.ok(first);
    const odd = { ...first, spec: { ...first.spec, name: '__proto__', dependsOn: ['constructor'] } };
    assert.equal(layOut([odd]).places.length, 1);
  });
});

describe('the graph of a large backlog', () => {
  it('is shown whole up to its limit', () => {
    assert.deepEqual(focusOn(shop()), { shown: shop() });
  });

  it('folds away what passes', () => {
    const { shown, note } = focusOn(shop(), 8);
    assert.equal(shown.length, 7);
    assert.ok(shown.every(({ state }) => state.status !== 'passing'));
    assert.equal(note, '2 passing features are folded away.');
  });

  it('keeps what is at work and what stands next to it, where even that is too much', () => {
    const history = layers(50);
    run(history);
    finish(history, claim(history, 1, 9), passed(9));
    claim(history, 2, 5);
    const { shown, note } = focusOn(Object.values(history.snapshot.features), 6);
    assert.deepEqual(
      shown.map(({ id }) => id),
      [1, 2, 3, 5, 14, 15],
    );
    assert.equal(note, '6 of 50 features are shown: those at work and what is next.');
  });
});

describe('the keys of the graph', () => {
  const { places } = layOut(shop());
  const named = (id: number) => places.findIndex((place) => place.id === id);
  const moves: { from: number; key: string; to: (number | undefined)[] }[] = [
    { from: 1, key: 'ArrowRight', to: [3, 4] },
    { from: 3, key: 'ArrowLeft', to: [1] },
    { from: 8, key: 'ArrowRight', to: [undefined] },
    { from: 9, key: 'ArrowLeft', to: [undefined] },
    { from: 8, key: 'x', to: [undefined] },
  ];
  for (const { from, key, to } of moves) {
    it(`${key} leads from ${from} to ${to.join(' or ') || 'nowhere'}`, () => {
      assert.ok(to.includes(nextPlace(places, named(from), key)));
    });
  }

  it('up and down stay in the column, and undo each other', () => {
    const pairs = places.flatMap((place, at) => {
      const below = nextPlace(places, at, 'ArrowDown');
      return below === undefined ? [] : [[place, below] as const];
    });
    assert.ok(pairs.length > 2);
    for (const [place, below] of pairs) {
      assert.equal(places[named(below)]?.x, place.x);
      assert.equal(nextPlace(places, named(below), 'ArrowUp'), place.id);
    }
  });

  it('Home and End lead to the ends', () => {
    assert.equal(nextPlace(places, 3, 'Home'), places[0]?.id);
    assert.equal(nextPlace(places, 3, 'End'), places.at(-1)?.id);
  });
});
