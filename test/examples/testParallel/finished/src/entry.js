// Reads an entry from a submitted form.

const most = { name: 80, text: 2000 };

/** @returns `{ entry }`, or `{ problems }` with a sentence by the name of its field */
export function parseEntry(body) {
  const form = new URLSearchParams(body);
  const entry = {};
  const problems = {};
  for (const [field, length] of Object.entries(most)) {
    entry[field] = (form.get(field) ?? '').trim();
    if (entry[field] === '') problems[field] = `Please fill in the ${field}.`;
    else if (entry[field].length > length) problems[field] = `The ${field} has ${length} characters at most.`;
  }
  return Object.keys(problems).length > 0 ? { problems } : { entry };
}
