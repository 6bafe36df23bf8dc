// House rule: files stay small enough to be read in one go.
import { strict as assert } from 'node:assert';
import { contentOf, productFiles } from '../support/sourceFiles';

const mostLines = 400;

describe('file size', () => {
  it(`is ${mostLines} lines at most`, () => {
    const files = productFiles();
    assert.ok(files.length > 0, 'no files were looked at');
    const tooLong = files
      .map((file) => ({ file, lines: contentOf(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > mostLines);
    assert.deepEqual(tooLong, []);
  });
});
