// The guest book as a page.

/** @param entries `{ name, text }`, oldest first; the page shows the latest first */
export function renderPage(entries) {
  const items = entries.map(
    ({ name, text }) => `<li><strong>${escapeHtml(name)}</strong>: ${escapeHtml(text)}</li>`,
  );
  const list = items.length > 0 ? `<ul>\n${items.reverse().join('\n')}\n</ul>` : '<p>No entries yet.</p>';
  return `<!doctype html>\n<meta charset="utf-8">\n<title>Guest book</title>\n<h1>Guest book</h1>\n${list}\n`;
}

function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (mark) => entities[mark]);
}
