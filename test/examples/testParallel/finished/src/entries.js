// Keeps entries in a file, one JSON text a line, so that adding one never touches the others.
import { appendFile, readFile } from 'node:fs/promises';

export async function openEntries(file) {
  const entries = await load(file);
  let lastWrite = Promise.resolve();
  return {
    list: () => [...entries],
    /** Writes stand in line, so the file has the order of the list. */
    add(entry) {
      entries.push(entry);
      lastWrite = lastWrite.catch(() => {}).then(() => appendFile(file, `${JSON.stringify(entry)}\n`));
      return lastWrite;
    },
  };
}

async function load(file) {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
