// Turns what a client sent into the fields of a note, or into a list of everything that is wrong with it.

const mostTitle = 200;
const mostText = 50_000;
const mostTags = 20;

/** @returns `{ note }`, trimmed and with each tag once in lower case; or `{ problems }`, one for each bad field */
export function parseNote(body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { problems: [{ field: '', message: 'A note is an object such as { "title": "Milk" }.' }] };
  }
  const fields = [
    ['title', parseTitle(body.title)],
    ['text', parseText(body.text)],
    ['tags', parseTags(body.tags)],
  ];
  const problems = fields.flatMap(([field, { message }]) => (message ? [{ field, message }] : []));
  if (problems.length > 0) return { problems };
  return { note: Object.fromEntries(fields.map(([field, { value }]) => [field, value])) };
}

function parseTitle(title) {
  if (typeof title !== 'string' || title.trim() === '') return { message: 'A note needs a title.' };
  if (title.length > mostTitle) return { message: `A title has ${mostTitle} characters at most.` };
  return { value: title.trim() };
}

function parseText(text = '') {
  if (typeof text !== 'string') return { message: 'The text of a note must be text.' };
  if (text.length > mostText) return { message: `A text has ${mostText} characters at most.` };
  return { value: text };
}

function parseTags(tags = []) {
  if (!Array.isArray(tags) || tags.length > mostTags) {
    return { message: `Tags are a list of ${mostTags} words at most.` };
  }
  const isWord = (tag) => typeof tag === 'string' && /^[\p{L}\p{N}_-]{1,40}$/u.test(tag);
  if (!tags.every(isWord)) return { message: 'A tag is one word of letters, digits, "-" and "_".' };
  return { value: [...new Set(tags.map((tag) => tag.toLowerCase()))] };
}
