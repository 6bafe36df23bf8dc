// The table of tools: what each may do, and what a model is told of them, to the byte.
import { strict as assert } from 'node:assert';
import { schemaOf } from '../../../src/core/tools/inputForms';
import { kindOf, type ToolKind, toolNames, toolTable, wrongCall } from '../../../src/core/tools/toolTable';

describe('tool table', () => {
  it('says of each tool what its calls may do', () => {
    const ofKind = (kind: ToolKind) => toolNames.filter((name) => kindOf(name) === kind);
    assert.deepEqual(
      { read: ofKind('read'), edit: ofKind('edit'), command: ofKind('command'), end: ofKind('end') },
      {
        read: ['read_file', 'list_files', 'search_files', 'claim_file', 'release_file', 'report_progress'],
        edit: ['edit_file', 'write_file', 'move_file', 'delete_file'],
        command: ['run_command'],
        end: ['finish', 'give_up'],
      },
    );
  });

  for (const name of ['toString', '__proto__', 'Edit_file', ''])
    it(`knows no tool ${JSON.stringify(name)}`, () => {
      assert.equal(kindOf(name), undefined);
      assert.match(wrongCall(name, {}) ?? '', /^There is no tool ".*"\. The tools are: read_file, /);
    });

  it('shows a model the same bytes each time, with no bound that is none of ours', () => {
    const shown = () => JSON.stringify(schemaOf(toolTable.read_file.input));
    const path = {
      type: 'string',
      description: 'Path of the file, relative to the workspace, with forward slashes.',
    };
    const line = (description: string) => ({ type: 'integer', minimum: 1, description });
    assert.equal(
      shown(),
      JSON.stringify({
        type: 'object',
        properties: {
          path,
          start_line: line('First line to show, from 1.'),
          end_line: line('Last line to show.'),
        },
        required: ['path'],
        additionalProperties: false,
      }),
    );
    assert.equal(shown(), shown());
  });
});
