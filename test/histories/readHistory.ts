// What a history says when it is opened by this version, as plain data: compared with what it said when it was written.
import { openSqlJsStore } from '../../src/adapters/store/sqlJsStore';
import type { Event } from '../../src/core/events/event';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { PublicationRecord } from '../../src/ports/store';
import { wasmPath } from '../adapters/store/wasmPath';
import { plain } from '../support/history';

export interface Told {
  readonly snapshot: Snapshot;
  readonly publications: readonly PublicationRecord[];
  readonly events: readonly Event[];
  /** How long each text is that is kept beside the rows, by its name. */
  readonly texts: Readonly<Record<string, number>>;
}

const all = 100_000;

/** @param dir a copy: it is taken over and closed */
export async function readHistory(dir: string, epoch = 2): Promise<Told> {
  const store = await openSqlJsStore({ dir, epoch, wasmPath });
  try {
    const { snapshot, publications } = await store.load();
    const events = await store.events(0, all);
    const texts: Record<string, number> = {};
    for (const hash of hashesIn([snapshot, events])) texts[hash] = (await store.text(hash)).length;
    return plain({ snapshot, publications, events, texts });
  } finally {
    await store.close();
  }
}

/** Names of texts, in order. */
function hashesIn(value: unknown): readonly string[] {
  const named = JSON.stringify(value).matchAll(/"hash":"([0-9a-f]{64})"/g);
  return [...new Set([...named].map(([, hash]) => hash ?? ''))].sort();
}
