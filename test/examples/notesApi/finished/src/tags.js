// Which tags there are, and the notes that carry one.

export const tagRoutes = [
  { method: 'GET', path: '/tags', summary: 'All tags with their counts, most used first', handle: listTags },
  { method: 'GET', path: '/tags/:tag', summary: 'Notes with a tag', handle: notesWithTag },
];

/** @returns `{ tag, count }` for each tag, the most used first, ties by name */
export function countTags(notes) {
  const counts = new Map();
  for (const { tags } of notes) {
    for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
}

function listTags(_request, { store }) {
  return { status: 200, body: store.tagCounts() };
}

function notesWithTag({ params }, { store }) {
  const tag = params.tag.toLowerCase();
  return { status: 200, body: store.list().filter(({ tags }) => tags.includes(tag)) };
}
