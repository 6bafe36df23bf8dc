// The process that the crash test kills: opens the store and commits until it dies, saying each number once it is safe.
import { writeSync } from 'node:fs';
import { openSqlJsStore } from '../../../src/adapters/store/sqlJsStore';
import { projectAll } from '../../../src/core/events/project';
import { specOf } from '../../support/history';

const [dir = '', wasmPath = '', epoch = ''] = process.argv.slice(2);

/** Few records, so that many of the kills meet a snapshot. */
const snapshotAtBytes = 20_000;
/** Few events, so that others meet events on their way to the archive. */
const keptChars = 10_000;
/** Asked for at once, so that they share syncs. */
const atOnce = 3;

async function commitForever(): Promise<void> {
  const store = await openSqlJsStore({ dir, wasmPath, epoch: Number(epoch), snapshotAtBytes, keptChars });
  let { snapshot: head } = await store.load();
  for (;;) {
    const commits = Array.from({ length: atOnce }, async () => {
      const before = head;
      const seq = before.seq + 1;
      const spec = specOf(`Feature ${seq}`, { description: 'x'.repeat(seq % 400) });
      const events = [{ type: 'feature.added', featureId: seq, spec, seq, at: seq } as const];
      head = projectAll(before, events);
      await store.commit({ before, after: head, events, publications: [] });
      writeSync(1, `${seq}\n`); // at once: what waits in a stream dies with the process
    });
    await Promise.all(commits);
  }
}

void commitForever();
