// House rule: what there can be more of is declared once. A file that names a single tool is where it would be forgotten.
import { strict as assert } from 'node:assert';
import { editorProvider, knownProviders } from '../../src/core/models/providers';
import { toolNames } from '../../src/core/tools/toolTable';
import { contentOf, productFiles } from '../support/sourceFiles';

interface Rule {
  readonly it: string;
  /** What no other file may have. */
  readonly words: RegExp;
  /** Where it may stand: a folder with a slash at its end, or a file. */
  readonly but: readonly string[];
  readonly seen: string;
}

/** By id and by the first word of their names; the editor is named where the editor is meant. */
const providers = Object.entries(knownProviders)
  .filter(([id]) => id !== editorProvider)
  .flatMap(([id, { title }]) => [id, title.split(' ')[0]]);

const rules: readonly Rule[] = [
  {
    it: 'providers of models are named in their registry and where they are spoken to',
    words: new RegExp(`(?<![a-z])(${[...new Set(providers)].join('|')})(?![a-z])`, 'i'),
    but: [
      'src/core/models/',
      'src/adapters/models/',
      // Programs of theirs that are agents, and files that these obey: no models.
      'src/adapters/agents/',
      'src/core/guardrails/powerFiles.ts',
    ],
    seen: "if (kind === 'openai') return askOpenAi();",
  },
  {
    it: 'tools are named where they are declared and where they do their work',
    words: new RegExp(`'(${toolNames.filter((name) => name.includes('_')).join('|')})'`),
    but: [
      'src/core/tools/toolTable.ts',
      'src/agent/tools/',
      // Calls of agents of other makers are told as ours are.
      'src/agent/external/',
      // Turns that are played, not judged.
      'src/vscode/sampleBacklog.ts',
    ],
    seen: "if (call.tool === 'edit_file') edits += 1;",
  },
];

describe('one entry', () => {
  for (const { it: fact, words, but, seen } of rules) {
    it(fact, () => {
      const files = productFiles();
      const isFree = (file: string) => but.some((place) => file === place || file.startsWith(place));
      const lines = files
        .filter((file) => !isFree(file))
        .flatMap((file) =>
          contentOf(file)
            .split('\n')
            .flatMap((line, at) => (words.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
        );
      assert.deepEqual(lines, []);
      assert.match(seen, words, 'the rule is blind');
      for (const place of but)
        assert.ok(
          files.some((file) => file.startsWith(place)),
          `${place} is no more`,
        );
    });
  }
});
