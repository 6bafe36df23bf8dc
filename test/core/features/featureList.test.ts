// Backlogs as people, programs and attackers write them: what is read, and every problem with its place.
import { strict as assert } from 'node:assert';
import {
  defaultCategory,
  defaultPriority,
  maxFeatures,
  parseBacklog,
} from '../../../src/core/features/featureList';
import { inert } from '../../../src/core/shared/inert';
import { atOnce } from '../../../src/core/shared/steps';
import { withinCpu } from '../../support/cpuTime';

function specsOf(document: unknown, knownIds?: ReadonlyMap<string, number>, lastId?: number) {
  const parsed = atOnce(parseBacklog(document, knownIds, lastId));
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.problems));
  return parsed.specs;
}

/** Each problem as its place, for tests that care where it was found. */
function placesOf(document: unknown): readonly string[] {
  const parsed = atOnce(parseBacklog(document));
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path.join('.'));
}

describe('parseBacklog', () => {
  it('fills in what is not said', () => {
    assert.deepEqual(specsOf([{ name: 'A' }]), [
      {
        name: 'A',
        category: defaultCategory,
        priority: defaultPriority,
        description: '',
        dependsOn: [],
        files: [],
      },
    ]);
  });

  it('reads every field', () => {
    const entry = {
      name: 'B',
      category: '  FrontEnd ',
      priority: 1,
      description: 'words',
      depends_on: ['A'],
      files: ['src/b.ts', 'docs/**'],
      verify: 'npm test',
      model: 'haiku',
      estimate: 2.5,
      resources: ['port 3000'],
    };
    assert.deepEqual(specsOf([{ name: 'A' }, entry])[1], {
      name: 'B',
      category: 'frontend',
      priority: 1,
      description: 'words',
      dependsOn: ['A'],
      files: ['src/b.ts', 'docs/**'],
      verify: 'npm test',
      model: 'haiku',
      estimate: 2.5,
      resources: ['port 3000'],
    });
  });

  it('takes an empty backlog, and an empty category for the default', () => {
    assert.deepEqual(specsOf([]), []);
    assert.equal(specsOf([{ name: 'A', category: ' ' }])[0]?.category, defaultCategory);
  });

  it('takes ids as dependencies, in file order for new names and as recorded for known ones', () => {
    const document = [
      { name: 'New' },
      { name: 'Old', depends_on: [8] },
      { name: 'Last', depends_on: [4, 8, 'New'] },
    ];
    const specs = specsOf(document, new Map([['Old', 4]]), 7);
    assert.deepEqual(
      specs.map((s) => s.dependsOn),
      [[], ['New'], ['Old', 'New']],
    );
  });

  it('knows names by heart: case and odd names are part of them', () => {
    const names = [
      'a',
      'A',
      'a b',
      '__proto__',
      'constructor',
      'toString',
      '"; DROP TABLE features; --',
      '🚀',
      '0',
    ];
    const specs = specsOf([...names.map((name) => ({ name })), { name: 'all', depends_on: names }]);
    assert.deepEqual(specs.at(-1)?.dependsOn, names);
    assert.equal(Object.getPrototypeOf({}), Object.prototype);
  });

  const long = 'x'.repeat(1024 * 1024);
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  /** What is wrong, the document, and where each problem sits with words of its message. */
  const attacks: [string, unknown, [place: string, says: RegExp][]][] = [
    ['not a list', { features: [] }, [['', /must be a list/]]],
    ['null', null, [['', /must be a list/]]],
    ['text', '[]', [['', /must be a list/]]],
    ['an entry that is null', [null], [['0', /must be an object.*not null/]]],
    ['an entry that is a list', [[]], [['0', /not a list/]]],
    ['an entry that is text', ['A'], [['0', /not the string A/]]],
    ['no name', [{}], [['0', /needs a "name"/]]],
    ['an empty name', [{ name: '' }], [['0.name', /must not be empty/]]],
    ['a blank name', [{ name: ' \t' }], [['0.name', /must not be empty/]]],
    ['a name that is a number', [{ name: 1 }], [['0.name', /must be text, not the number 1/]]],
    ['a name of 1 MB', [{ name: long }], [['0.name', /1048576 characters; the most is 200/]]],
    ['a name nested 5,000 deep', [{ name: deep }], [['0.name', /must be text, not a list/]]],
    ['a description of 1 MB', [{ name: 'A', description: long }], [['0.description', /the most is 100000/]]],
    ['a name twice', [{ name: 'A' }, { name: 'A' }], [['1.name', /already the name of entry 1/]]],
    [
      'an unknown key',
      [{ name: 'A', dependsOn: [] }],
      [['0.dependsOn', /not a field.*Known: name, category/]],
    ],
    [
      'the key __proto__',
      JSON.parse('[{"name":"A","__proto__":{"priority":1}}]'),
      [['0.__proto__', /not a field/]],
    ],
    ['a key of 1 MB', [{ name: 'A', [long]: 1 }], [[`0.${long}`, /^"x{60}…" is not a field/]]],
    ...[0, -1, 1.5, '1', null, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, []].map(
      (priority): [string, unknown, [string, RegExp][]] => [
        `priority ${JSON.stringify(priority)} (${priority})`,
        [{ name: 'A', priority }],
        [['0.priority', /whole number from 1/]],
      ],
    ),
    ...[0, -1, '1', null, Number.NaN, Number.POSITIVE_INFINITY].map(
      (estimate): [string, unknown, [string, RegExp][]] => [
        `estimate ${JSON.stringify(estimate)} (${estimate})`,
        [{ name: 'A', estimate }],
        [['0.estimate', /number of minutes above 0/]],
      ],
    ),
    ['a check that is empty', [{ name: 'A', verify: ' ' }], [['0.verify', /leave it out/]]],
    [
      'a check that is a list',
      [{ name: 'A', verify: ['npm', 'test'] }],
      [['0.verify', /must be text, not a list/]],
    ],
    ['a model that is null', [{ name: 'A', model: null }], [['0.model', /must be text, not null/]]],
    ['files that are text', [{ name: 'A', files: 'src/a.ts' }], [['0.files', /must be a list of paths/]]],
    [
      'files that are no paths of the workspace',
      [{ name: 'A', files: ['ok.ts', 1, '../x', '/etc/passwd', 'C:\\x', '', 'a\nb'] }],
      [
        ['0.files.1', /must be text, not the number 1/],
        ['0.files.2', /leads out of the workspace/],
        ['0.files.3', /is absolute/],
        ['0.files.4', /is absolute/],
        ['0.files.5', /names the workspace itself/],
        ['0.files.6', /"a\\nb" has control characters/],
      ],
    ],
    [
      'dependencies that are text',
      [{ name: 'A', depends_on: 'B' }],
      [['0.depends_on', /must be a list of names or ids/]],
    ],
    ['a dependency on itself', [{ name: 'A', depends_on: ['A'] }], [['0.depends_on.0', /depends on itself/]]],
    [
      'a dependency on itself by id',
      [{ name: 'A', depends_on: [1] }],
      [['0.depends_on.0', /depends on itself/]],
    ],
    [
      'an unknown name',
      [{ name: 'A', depends_on: ['B'] }],
      [['0.depends_on.0', /^No feature is named "B"\.$/]],
    ],
    [
      'an unknown name that is nearly one',
      [{ name: 'User Login' }, { name: 'B', depends_on: [' user login'] }],
      [['1.depends_on.0', /Did you mean "User Login"\?/]],
    ],
    [
      'an unknown id',
      [{ name: 'A', depends_on: [2, 0, -1, 1.5, Number.NaN] }],
      [2, 0, -1, 1.5, Number.NaN].map((id, k) => [
        `0.depends_on.${k}`,
        new RegExp(`^No feature has the id ${id}\\. .*write the name`),
      ]),
    ],
    [
      'a dependency that is an object',
      [{ name: 'A', depends_on: [{}, null] }],
      [
        ['0.depends_on.0', /not an object/],
        ['0.depends_on.1', /not null/],
      ],
    ],
    [
      'a name of 1 MB as dependency',
      [{ name: 'A', depends_on: [long] }],
      [['0.depends_on.0', /named "x{60}…"/]],
    ],
  ];

  for (const [what, document, expected] of attacks) {
    it(`finds ${what}`, () => {
      const parsed = atOnce(parseBacklog(document));
      assert.ok(!parsed.ok, 'it was taken');
      assert.deepEqual(
        parsed.problems.map(({ path }) => path.join('.')),
        expected.map(([place]) => place),
      );
      parsed.problems.forEach(({ message }, k) => {
        assert.match(message, expected[k]?.[1] ?? /^$/);
        assert.ok(message.length < 300, `${message.length} characters`);
      });
    });
  }

  it('finds every problem at once, and loads nothing', () => {
    const document = [
      { name: 'A', priority: 0 },
      { name: 'A' },
      7,
      { name: 'B', depends_on: ['C'], extra: 1 },
    ];
    assert.deepEqual(placesOf(document).toSorted(), [
      '0.priority',
      '1.name',
      '2',
      '3.depends_on.0',
      '3.extra',
    ]);
  });

  it('shows text from the file without what could move the cursor or turn the text around', () => {
    const nasty = '\u001b[2J\u009b1m\u202ename\n';
    const parsed = atOnce(
      parseBacklog([
        { name: nasty, [nasty]: 1, depends_on: [nasty, `${nasty}!`], priority: 1 },
        { name: nasty },
      ]),
    );
    assert.ok(!parsed.ok);
    assert.equal(parsed.problems.length, 4);
    for (const { message } of parsed.problems) assert.equal(message, inert(message));
  });

  it('names a feature that stands in the list twice as a dependency once', () => {
    assert.deepEqual(specsOf([{ name: 'A' }, { name: 'B', depends_on: ['A', 1, 'A'] }])[1]?.dependsOn, ['A']);
  });

  it('takes both forms of an accent for one name, wherever it stands', () => {
    const specs = specsOf([{ name: 'Cafe\u0301' }, { name: 'B', depends_on: ['Caf\u00e9'] }]);
    assert.deepEqual(
      specs.map(({ name, dependsOn }) => [name, dependsOn]),
      [
        ['Caf\u00e9', []],
        ['B', ['Caf\u00e9']],
      ],
    );
    assert.deepEqual(placesOf([{ name: 'Cafe\u0301' }, { name: 'Caf\u00e9' }]), ['1.name']);
  });

  const messagesOf = (document: unknown) => {
    const parsed = atOnce(parseBacklog(document));
    return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
  };

  it('says which name was meant, and what the eye does not see of the difference', () => {
    const asked = (need: string, name = 'User login') =>
      messagesOf([{ name }, { name: 'B', depends_on: [need] }]);
    assert.deepEqual(asked('User\u00a0login'), [
      'No feature is named "User\u00a0login". Did you mean "User login"? The name here has a no-break space (U+00A0) where that has a space (U+0020).',
    ]);
    assert.deepEqual(asked('User logon'), ['No feature is named "User logon". Did you mean "User login"?']);
    assert.deepEqual(asked(' user login'), ['No feature is named " user login". Did you mean "User login"?']);
    assert.deepEqual(asked('Export'), ['No feature is named "Export".']);
  });

  it('refuses two names that nobody could tell apart', () => {
    const twins = [{ name: 'User login' }, { name: 'C' }, { name: 'User\u00a0login' }];
    assert.deepEqual(placesOf(twins), ['2.name']);
    assert.deepEqual(messagesOf(twins), [
      '"User\u00a0login" looks like the name of entry 1, but has a no-break space (U+00A0) where that has a space (U+0020); write a name that can be told from it.',
    ]);
    assert.deepEqual(placesOf([{ name: 'API' }, { name: 'Api' }]), []);
  });

  it('points out an id that would be another feature in a fresh clone, with the name to write', () => {
    const document = [{ name: 'Docs' }, { name: 'Base' }, { name: 'Login', depends_on: ['Docs', 1] }];
    const noticesOf = (known: ReadonlyMap<string, number>, lastId: number) => {
      const parsed = atOnce(parseBacklog(document, known, lastId));
      return parsed.ok ? parsed.notices : assert.fail('it was refused');
    };
    const here = new Map([
      ['Base', 1],
      ['Login', 2],
    ]);
    assert.deepEqual(specsOf(document, here, 2)[2]?.dependsOn, ['Docs', 'Base']);
    assert.deepEqual(noticesOf(here, 2), [
      {
        path: [2, 'depends_on', 1],
        message:
          'The id 1 in "depends_on" means "Base" here, but "Docs" in a fresh clone, where ids count the entries from the top; write "Base" instead.',
      },
    ]);
    assert.deepEqual(noticesOf(new Map(), 0), [], 'in the clone itself nothing differs');
    const late = new Map([
      ['Base', 9],
      ['Login', 10],
    ]);
    const parsed = atOnce(parseBacklog([{ name: 'Base' }, { name: 'Login', depends_on: [9] }], late, 10));
    assert.match(parsed.ok ? (parsed.notices[0]?.message ?? '') : '', /but no feature in a fresh clone/);
  });

  describe('of the greatest size', () => {
    const many = Array.from({ length: maxFeatures }, (_, k) => ({
      name: `F${k}`,
      depends_on: k > 0 ? [`F${k - 1}`] : [],
    }));

    it('reads a chain of 10⁵', () => {
      assert.equal(withinCpu(3_000, () => specsOf(many)).length, maxFeatures);
    });

    it('finds 10⁵ unknown names as fast', () => {
      const unknown = many.map(({ name }) => ({ name, depends_on: [`${name}?`] }));
      assert.equal(withinCpu(3_000, () => placesOf(unknown)).length, maxFeatures);
    });

    it('refuses a feature whose lists would make too long a message, and says what to do', () => {
      const names = Array.from({ length: 6_000 }, (_, k) => ({ name: `${'x'.repeat(190)}${k}` }));
      const last = { name: 'last', depends_on: names.map((_, k) => k + 1) };
      const parsed = atOnce(parseBacklog([...names, last]));
      assert.ok(!parsed.ok);
      assert.deepEqual(parsed.problems[0]?.path, [6_000]);
      assert.match(parsed.problems[0].message, /have 1162890 characters together; the most is 1000000/);
      assert.equal(
        specsOf([...names.slice(0, 5_000), { name: 'last', depends_on: last.depends_on.slice(0, 5_000) }])
          .length,
        5_001,
      );
    });

    it('refuses one more', () => {
      const parsed = atOnce(parseBacklog([...many, { name: 'one more' }]));
      assert.ok(!parsed.ok);
      assert.equal(parsed.problems[0]?.message, 'The backlog has 100001 features; the most is 100000.');
    });
  });
});
