// Forms of tool input: the schema a model is shown and the check of what it sends say the same.
import { strict as assert } from 'node:assert';
import {
  fields,
  flag,
  list,
  optional,
  readInput,
  schemaOf,
  text,
  wholeNumber,
} from '../../../src/core/tools/inputForms';

const shape = fields({
  path: text('Where.'),
  line: optional(wholeNumber('Which.', 1, 9)),
  edits: list(fields({ old: text('Old.'), all: optional(flag('All.')) }), 'What.'),
});

describe('input', () => {
  it('shows the model its schema', () => {
    assert.deepEqual(schemaOf(shape), {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Where.' },
        line: { type: 'integer', description: 'Which.', minimum: 1, maximum: 9 },
        edits: {
          type: 'array',
          description: 'What.',
          minItems: 1,
          items: {
            type: 'object',
            properties: {
              old: { type: 'string', description: 'Old.' },
              all: { type: 'boolean', description: 'All.' },
            },
            required: ['old'],
            additionalProperties: false,
          },
        },
      },
      required: ['path', 'edits'],
      additionalProperties: false,
    });
  });

  it('reads what fits', () => {
    const read = readInput(shape, { path: 'a', line: 2, edits: [{ old: 'x', all: true }, { old: 'y' }] });
    const edits = [{ old: 'x', all: true }, { old: 'y' }];
    assert.deepEqual(read, { ok: true, value: { path: 'a', line: 2, edits } });
  });

  const fit = { path: 'a', edits: [{ old: 'x' }] };
  const bad: [input: unknown, problem: string][] = [
    [undefined, 'input: expected an object, got undefined'],
    [null, 'input: expected an object, got null'],
    [[1], 'input: expected an object, got a list'],
    ['"text"', 'input: expected an object, got text: "text"'],
    [{}, 'input.path: missing\ninput.edits: missing'],
    [{ ...fit, path: null }, 'input.path: expected text, got null'],
    [{ ...fit, line: 0 }, 'input.line: expected a whole number from 1 to 9, got 0'],
    [{ ...fit, line: 1.5 }, 'input.line: expected a whole number from 1 to 9, got 1.5'],
    [{ ...fit, line: '2' }, 'input.line: expected a whole number from 1 to 9, got text'],
    [{ ...fit, edits: [] }, 'input.edits: expected a list with at least one entry, got an empty list'],
    [{ ...fit, edits: { old: 'x' } }, 'input.edits: expected a list with at least one entry, got an object'],
    [
      { ...fit, edits: [{ old: 'x' }, { old: 1 }, 'y'] },
      'input.edits[1].old: expected text, got 1\ninput.edits[2]: expected an object, got text',
    ],
    [{ ...fit, edits: [{ old: 'x', all: 'yes' }] }, 'input.edits[0].all: expected true or false, got text'],
    [{ ...fit, file: 'a' }, 'input: there is no "file"; the fields are path, line, edits'],
    [
      JSON.parse('{"__proto__": 1, "path": "a", "edits": [{"old": "x"}]}'),
      'input: there is no "__proto__"; the fields are path, line, edits',
    ],
  ];
  for (const [input, problem] of bad) {
    it(`refuses ${JSON.stringify(input)}`, () => {
      assert.deepEqual(readInput(shape, input), { ok: false, error: problem });
    });
  }
});
