// What a note may be: every field checked, every problem named.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';

describe('parseNote', () => {
  let parseNote;
  before(async () => {
    ({ parseNote } = await import('../src/validation.js'));
  });

  const good = [
    ['a title alone', { title: 'Milk' }, { title: 'Milk', text: '', tags: [] }],
    ['white space around a title', { title: '  Milk ' }, { title: 'Milk', text: '', tags: [] }],
    ['a tag twice', { title: 'Milk', tags: ['Home', 'home'] }, { title: 'Milk', text: '', tags: ['home'] }],
    [
      'tags of any alphabet',
      { title: 'Milk', tags: ['Küche'] },
      { title: 'Milk', text: '', tags: ['küche'] },
    ],
    ['fields that it does not know', { title: 'Milk', id: 9 }, { title: 'Milk', text: '', tags: [] }],
  ];
  for (const [what, body, note] of good)
    it(`takes ${what}`, () => assert.deepEqual(parseNote(body), { note }));

  const bad = [
    ['nothing', undefined, ['']],
    ['a list', [], ['']],
    ['no title', {}, ['title']],
    ['a title of white space', { title: ' \t ' }, ['title']],
    ['a long title', { title: 'x'.repeat(201) }, ['title']],
    ['a text that is none', { title: 'Milk', text: 7 }, ['text']],
    ['tags that are no list', { title: 'Milk', tags: 'home' }, ['tags']],
    ['a tag of two words', { title: 'Milk', tags: ['at home'] }, ['tags']],
    ['too many tags', { title: 'Milk', tags: Array(21).fill('a') }, ['tags']],
    ['three mistakes at once', { title: '', text: null, tags: [1] }, ['title', 'text', 'tags']],
  ];
  for (const [what, body, fields] of bad) {
    it(`refuses ${what}`, () => {
      const { problems } = parseNote(body);
      assert.deepEqual(
        problems?.map(({ field }) => field),
        fields,
      );
      assert.ok(problems.every(({ message }) => message.endsWith('.')));
    });
  }
});
