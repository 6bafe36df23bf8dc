// The form for an entry; shown again with what was typed when something is wrong with it.

/** @param problems a sentence by the name of the field it is about */
export function renderForm(values = {}, problems = {}) {
  const { name = '', text = '' } = values;
  return `<form method="post" action="/entries">
<label>Name <input name="name" value="${escapeHtml(name)}"></label>${note(problems.name)}
<label>Text <textarea name="text">${escapeHtml(text)}</textarea></label>${note(problems.text)}
<button>Sign</button>
</form>
`;
}

function note(problem) {
  return problem ? `\n<p role="alert">${escapeHtml(problem)}</p>` : '';
}

function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (mark) => entities[mark]);
}
