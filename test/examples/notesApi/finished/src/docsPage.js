// The API's documentation: a page made from its own routes, so that it cannot fall behind.

export const docsRoutes = [{ method: 'GET', path: '/docs', summary: 'This page', handle: docsPage }];

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 3rem auto; padding: 0 1rem; }
  td { padding: 0.3rem 1rem 0.3rem 0; border-top: 1px solid #8884; }
`;

function docsPage(_request, { routes }) {
  const rows = routes.map(({ method, path, summary }) => {
    const cells = [method, path, summary].map((text) => `<td>${escapeHtml(text)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Notes API</title>
<style>${style}</style>
<h1>Notes API</h1>
<table>
${rows.join('\n')}
</table>
</html>
`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (mark) => entities[mark]);
}
