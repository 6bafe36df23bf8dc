// Create, read, change and delete notes.
import { parseNote } from './validation.js';

export const noteRoutes = [
  { method: 'GET', path: '/notes', summary: 'All notes, oldest first', handle: listNotes },
  { method: 'POST', path: '/notes', summary: 'A new note: title, text?, tags?', handle: addNote },
  { method: 'GET', path: '/notes/:id', summary: 'One note', handle: getNote },
  { method: 'PUT', path: '/notes/:id', summary: 'New content for a note', handle: changeNote },
  { method: 'DELETE', path: '/notes/:id', summary: 'Away with a note', handle: removeNote },
];

function listNotes(_request, { store }) {
  return { status: 200, body: store.list() };
}

async function addNote({ body }, { store }) {
  const { note, problems } = parseNote(body);
  if (problems) return refused(problems);
  const added = await store.add(note);
  return { status: 201, headers: { location: `/notes/${added.id}` }, body: added };
}

function getNote({ params }, { store }) {
  const note = store.get(Number(params.id));
  return note ? { status: 200, body: note } : missing(params.id);
}

async function changeNote({ params, body }, { store }) {
  const { note, problems } = parseNote(body);
  if (problems) return refused(problems);
  const changed = await store.update(Number(params.id), note);
  return changed ? { status: 200, body: changed } : missing(params.id);
}

async function removeNote({ params }, { store }) {
  return (await store.remove(Number(params.id))) ? { status: 204 } : missing(params.id);
}

function refused(problems) {
  return { status: 422, body: { error: 'This is not a note.', problems } };
}

function missing(id) {
  return { status: 404, body: { error: `There is no note ${id}.` } };
}
