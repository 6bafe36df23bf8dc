// The offline script of examples/test-parallel: five features at paces that make them end one after the other.
import {
  addLine,
  before,
  edit,
  finish,
  finished,
  paced,
  read,
  type Script,
  step,
  turn,
  write,
} from '../turns';

const code = (file: string) => finished('testParallel', file);
const look = (say: string) => turn('list_files', {}, say);
const readCheck = (say: string) => read('check.mjs', say);

const textField = [addLine(code('src/form.js'), '<label>Text')];
const longest = [addLine(code('src/entry.js'), 'at most')];

/** With three agents 1, 2 and 3 start at once and end some 0.8 s apart; 4 and 5 follow them and end last. */
export const testParallelScript = (): Script => ({
  'Feature 1': paced(200, [
    look('A page for the guest book; first a look around.'),
    readCheck('It wants the latest entry first, and everything escaped.'),
    write('src/page.js', code('src/page.js')),
    finish('The guest book is a page.'),
  ]),

  'Feature 2': paced(320, [
    look('The handler comes next.'),
    readCheck('GET lists, POST adds, the rest is refused.'),
    step('Writing the handler', 40),
    write('src/handler.js', code('src/handler.js')),
    finish('Entries are listed and added over two routes.'),
  ]),

  'Feature 3': paced(400, [
    look('Entries have to be kept somewhere.'),
    readCheck('They must be the same after opening the file again.'),
    step('Writing the store', 30),
    write('src/entries.js', code('src/entries.js')),
    read('src/entries.js', 'Once more from the top.'),
    finish('Entries live in a file, one a line.'),
  ]),

  'Feature 4': paced(380, [
    readCheck('What was typed has to come back.'),
    step('Writing the form', 30),
    write('src/form.js', before(code('src/form.js'), textField)),
    edit('src/form.js', textField, 'And the field for the text.'),
    read('src/form.js'),
    finish('The form shows what was typed, and what is wrong with it.'),
  ]),

  'Feature 5': paced(400, [
    readCheck('Two fields, both needed.'),
    step('Writing the reader', 30),
    write('src/entry.js', before(code('src/entry.js'), longest)),
    edit('src/entry.js', longest, 'There has to be an end to it.'),
    read('src/entry.js'),
    step('Looking it over', 90),
    finish('Submitted forms are read and checked.'),
  ]),
});
