// All notes as one Markdown document, to take away.

export const exportRoutes = [
  { method: 'GET', path: '/export.md', summary: 'All notes as Markdown', handle: exportNotes },
];

function exportNotes(_request, { store }) {
  return {
    status: 200,
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': 'attachment; filename="notes.md"',
    },
    body: ['# Notes\n', ...store.list().map(section)].join('\n'),
  };
}

function section({ title, text, tags }) {
  const tagLine = tags.map((tag) => `\`${tag}\``).join(' ');
  return [`## ${escapeMarkdown(title)}`, tagLine, text.trim()].filter(Boolean).join('\n\n').concat('\n');
}

/** A title is text, whatever marks it holds; the text of a note may well be Markdown and stays as it is. */
function escapeMarkdown(title) {
  return title.replace(/[\\`*_[\]<>#]/g, '\\$&').replace(/\s+/g, ' ');
}
