// The offline script of examples/notes-api: ten features, one failed check, and files that several agents want.
import {
  addLine,
  before,
  check,
  claim,
  type Edit,
  edit,
  finish,
  finished,
  read,
  replaceOnce,
  type Script,
  step,
  turn,
  write,
} from '../turns';

const code = (file: string) => finished('notesApi', file);

/** A planned part is a comment; taking the marks away is the same edit whoever was there before. */
const built = (...lines: string[]): Edit[] => lines.map((line) => ({ old: `// ${line}`, new: line }));
const route = (name: string, file: string) => built(`import { ${name} } from './${file}';`, `...${name},`);

const store = code('src/store.js');
const tagsInStore = [addLine(store, "from './tags.js'"), addLine(store, 'tagCounts:')];

const titleCheck = "if (typeof title !== 'string' || title.trim() === '')";
const carelessTitleCheck = "if (typeof title !== 'string' || title === '')";

export const notesApiScript = (): Script => ({
  Router: [
    turn('list_files', { path: 'src' }, 'First a look at what is there.'),
    read('src/app.js'),
    read('test/router.test.js', 'The test says what the router has to do.'),
    write('src/router.js', code('src/router.js')),
    check('node --test test/router.test.js'),
    finish('Routes are found by method and path; 404, 405 and 400 where there is none.'),
  ],

  Store: [
    read('test/store.test.js', 'Notes must survive a restart, and many changes at once.'),
    step('Writing the store', 20),
    write('src/store.js', before(store, tagsInStore)),
    check('node --test test/store.test.js'),
    read('src/main.js', 'The entry opens the store by file name; that fits.'),
    finish('Notes are kept in memory and written to a file by renaming.'),
  ],

  Validation: [
    [
      read('test/validation.test.js'),
      write(
        'src/validation.js',
        replaceOnce(code('src/validation.js'), { old: titleCheck, new: carelessTitleCheck }),
        'Three fields, a sentence for each problem.',
      ),
      finish('Notes are checked field by field.'),
    ],
    [
      read('test/validation.test.js', 'A title of white space got through; the check has to trim first.'),
      write('src/validation.js', code('src/validation.js')),
      check('node --test test/validation.test.js', 'This time the test runs before the work is handed in.'),
      finish('Notes are checked field by field, titles without the white space around them.'),
    ],
  ],

  Notes: [
    read('src/router.js'),
    read('src/store.js'),
    read('src/validation.js'),
    step('Writing the handlers', 30),
    write('src/notes.js', code('src/notes.js')),
    edit('src/routes.js', route('noteRoutes', 'notes.js'), 'Now into the table of routes.'),
    check('node --test test/notes.test.js'),
    finish('Notes can be added, read, changed and removed, also over HTTP.'),
  ],

  Search: [
    turn('search_files', { query: '/search', path: 'test' }),
    read('test/search.test.js', 'Words of the title weigh more, accents do not count.'),
    step('Writing the search', 20),
    write('src/search.js', code('src/search.js')),
    claim('src/routes.js', 'The table of routes is next; others may be at it.'),
    edit('src/routes.js', route('searchRoutes', 'search.js')),
    check('node --test test/search.test.js'),
    finish('Notes are found by the beginnings of words, best first.'),
  ],

  Tags: [
    read('src/store.js', 'Counting belongs to the store, the rest to a part of its own.'),
    edit('src/store.js', tagsInStore, 'The store does not load until src/tags.js is there; that comes next.'),
    read('test/tags.test.js'),
    step('Writing the routes for tags', 40),
    write('src/tags.js', code('src/tags.js'), 'With this the store is whole again.'),
    edit('src/routes.js', route('tagRoutes', 'tags.js')),
    check('node --test test/tags.test.js'),
    finish('Tags are counted in the store, and lead to their notes.'),
  ],

  'Markdown Export': [
    read('test/markdownExport.test.js'),
    read('src/notes.js'),
    write('src/markdownExport.js', code('src/markdownExport.js')),
    edit('src/routes.js', route('exportRoutes', 'markdownExport.js')),
    check('node --test test/markdownExport.test.js'),
    finish('All notes come as one Markdown document.'),
  ],

  'Token Auth': [
    read('src/app.js', 'A guard: it wraps the router.'),
    read('test/auth.test.js'),
    write('src/auth.js', code('src/auth.js')),
    edit('src/app.js', built("import { requireToken } from './auth.js';", 'requireToken,')),
    check('node --test test/auth.test.js'),
    finish('Requests need the bearer token, if one is set.'),
  ],

  'Rate Limit': [
    read('test/rateLimit.test.js', 'A bucket for each client, on a clock that is given.'),
    step('Writing the guard', 25),
    write('src/rateLimit.js', code('src/rateLimit.js')),
    edit(
      'src/app.js',
      built("import { limitRate } from './rateLimit.js';", 'limitRate,'),
      'Outermost, so that guessing tokens is slow, too.',
    ),
    check('node --test test/rateLimit.test.js'),
    finish('Clients that ask too often are told when to come back.'),
  ],

  'Docs Page': [
    read('src/routes.js', 'Every route has a summary; the page can be made from them.'),
    read('test/docsPage.test.js'),
    step('Writing the page', 40),
    write('src/docsPage.js', code('src/docsPage.js')),
    edit('src/routes.js', route('docsRoutes', 'docsPage.js')),
    check('node --test test/docsPage.test.js'),
    finish('The documentation is made from the routes themselves.'),
  ],
});
