// Keeps the notes: in memory, and in a file if it is given one.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { countTags } from './tags.js';

/** @param file created with the first note; without one the notes live as long as the process */
export async function openStore(file) {
  const saved = file ? await load(file) : empty;
  const notes = new Map(saved.notes.map((note) => [note.id, note]));
  let lastId = saved.lastId;
  let lastSave = Promise.resolve();

  /** Saves stand in line; one that failed does not fail those behind it. */
  const save = () => {
    if (!file) return lastSave;
    const content = JSON.stringify({ lastId, notes: [...notes.values()] }, null, 2);
    lastSave = lastSave.catch(() => {}).then(() => replaceFile(file, content));
    return lastSave;
  };

  return {
    /** Oldest first. */
    list: () => [...notes.values()],
    get: (id) => notes.get(id),
    tagCounts: () => countTags(notes.values()),

    /** Ids rise and are never used again. */
    async add(fields) {
      const note = { id: ++lastId, ...fields };
      notes.set(note.id, note);
      await save();
      return note;
    },

    /** The note with `fields` in place of its own, or undefined if there is none. */
    async update(id, fields) {
      if (!notes.has(id)) return undefined;
      const note = { ...notes.get(id), ...fields, id };
      notes.set(id, note);
      await save();
      return note;
    },

    /** Was there such a note? */
    async remove(id) {
      const removed = notes.delete(id);
      if (removed) await save();
      return removed;
    },
  };
}

const empty = { lastId: 0, notes: [] };

async function load(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return empty;
    throw error;
  }
}

/** By renaming, so that a crash leaves the old content or the new, and never half of it. */
async function replaceFile(file, content) {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}
