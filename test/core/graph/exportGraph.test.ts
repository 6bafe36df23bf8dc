// The graph as text: every format whole for one small backlog, and names that are not what they seem.
import { strict as assert } from 'node:assert';
import { exportGraph } from '../../../src/core/graph/exportGraph';
import { featureIn } from '../sampleFeatures';

const backlog = [
  featureIn('passing', 1),
  featureIn('pending', 2, { dependsOn: ['F1'], estimate: 5, files: ['a'], resources: ['port 3000'] }),
  featureIn('waiting', 4, { dependsOn: ['F2', 'F1', 'F2'] }),
];

describe('exportGraph', () => {
  it('gives Mermaid', () => {
    const expected = [
      'graph TD',
      '  f1["1 F1"]',
      '  f2["2 F2"]',
      '  f4["4 F4"]',
      '  f1 --> f2',
      '  f2 --> f4',
      '  f1 --> f4',
    ];
    assert.deepEqual(exportGraph(backlog, 'mermaid').split('\n'), expected);
  });

  it('gives DOT', () => {
    assert.deepEqual(exportGraph(backlog, 'dot').split('\n'), [
      'digraph backlog {',
      '  rankdir=LR;',
      '  node [shape=box];',
      '  f1 [label="1 F1"];',
      '  f2 [label="2 F2"];',
      '  f4 [label="4 F4"];',
      '  f1 -> f2;',
      '  f2 -> f4;',
      '  f1 -> f4;',
      '}',
    ]);
  });

  it('gives JSON', () => {
    const { nodes, edges } = JSON.parse(exportGraph(backlog, 'json'));
    const same = { category: 'default', priority: 3 };
    assert.deepEqual(nodes, [
      { id: 1, name: 'F1', status: 'passing', ...same, files: [] },
      { id: 2, name: 'F2', status: 'pending', ...same, files: ['a'], resources: ['port 3000'], estimate: 5 },
      { id: 4, name: 'F4', status: 'waiting', ...same, files: [] },
    ]);
    assert.deepEqual(edges, [
      { from: 1, to: 2 },
      { from: 2, to: 4 },
      { from: 1, to: 4 },
    ]);
  });

  const names: [name: string, format: 'mermaid' | 'dot', line: string][] = [
    ['a"] --> b["', 'mermaid', '  f1["1 a#34;#93; --#62; b#91;#34;"]'],
    ['<img onerror=x>', 'mermaid', '  f1["1 #60;img onerror#61;x#62;"]'],
    ['#quot; `x`', 'mermaid', '  f1["1 #35;quot#59; #96;x#96;"]'],
    ['Größe 😀\nend', 'mermaid', '  f1["1 Größe #128512; end"]'],
    ['a"]; b [x="', 'dot', '  f1 [label="1 a\\"]; b [x=\\""];'],
    ['ends in \\', 'dot', '  f1 [label="1 ends in \\\\"];'],
    ['two\nlines', 'dot', '  f1 [label="1 two lines"];'],
  ];
  for (const [name, format, line] of names) {
    it(`lets ${JSON.stringify(name)} be no more than a name in ${format}`, () => {
      const feature = featureIn('pending', 1, { name });
      assert.ok(exportGraph([feature], format).split('\n').includes(line), exportGraph([feature], format));
    });
  }

  it('leaves out what the backlog does not have, and takes an empty one', () => {
    assert.doesNotMatch(exportGraph([featureIn('pending', 1, { dependsOn: ['gone'] })], 'mermaid'), /-->/);
    assert.equal(exportGraph([], 'mermaid'), 'graph TD');
  });
});
