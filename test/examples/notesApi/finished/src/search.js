// Finds notes by their words; a word in the title counts three times as much as one in the text.

export const searchRoutes = [
  { method: 'GET', path: '/search', summary: 'Notes with all words of ?q=, best first', handle: search },
];

const titleWeight = 3;

function search({ query }, { store }) {
  const words = wordsOf(query.q ?? '');
  if (words.length === 0) return { status: 400, body: { error: 'Say what to look for: /search?q=milk' } };
  const found = store
    .list()
    .map((note) => ({ note, score: scoreOf(note, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.note.id - b.note.id);
  return { status: 200, body: found.map(({ note }) => note) };
}

/** 0 unless every word begins some word of the note. */
function scoreOf({ title, text }, words) {
  const inTitle = wordsOf(title);
  const inText = wordsOf(text);
  const scores = words.map((word) => {
    const count = (all) => all.filter((candidate) => candidate.startsWith(word)).length;
    return titleWeight * count(inTitle) + count(inText);
  });
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score);
}

/** In lower case and without accents, so that "cafe" finds "Café". */
function wordsOf(text) {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}
