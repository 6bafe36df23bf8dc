// What a client asks its host for in pages, since all of it may be longer than one message.
import type { Event } from '../core/events/event';
import type { Snapshot } from '../core/events/snapshot';
import { assemble, type SnapshotHead, type SnapshotPart } from '../core/events/snapshotParts';
import { inPages } from '../core/shared/inPages';
import type { KeptText } from '../core/shared/longText';
import { ok, type Result } from '../core/shared/result';
import type { HubConnection } from '../hub/connection';
import { clientMethods } from '../protocol/hubMethods';

/** A host, by one connection or by whichever there is. */
type Asked = Pick<HubConnection, 'request'>;

/** The snapshot that a hello began with `head`. */
export async function readSnapshot(connection: Asked, head: SnapshotHead): Promise<Snapshot> {
  const all: SnapshotPart[] = [];
  for (;;) {
    const { parts, last } = await connection.request(clientMethods.snapshotPage, {});
    for (const part of parts) all.push(part);
    if (last) return assemble(head, all);
  }
}

/** Stored events after `since`, oldest first, at most `limit`. */
export async function eventsSince(
  connection: Asked,
  since: number,
  limit: number,
): Promise<readonly Event[]> {
  const events: Event[] = [];
  while (events.length < limit) {
    const after = events.at(-1)?.seq ?? since;
    const page = await connection.request(clientMethods.events, {
      since: after,
      limit: Math.min(limit - events.length, mostAtOnce),
    });
    if (page.length === 0) break;
    for (const event of page) events.push(event);
  }
  return events;
}

/** What the host reads from its database for one question. */
const mostAtOnce = 10_000;

/** Stored events after `since` up to `until`; none when the database is another, or so many that they tell nobody anything. */
export async function eventsBetween(
  connection: Asked,
  since: number,
  until: number,
): Promise<readonly Event[]> {
  const most = 10_000;
  if (until <= since || until - since > most) return [];
  const events = await eventsSince(connection, since, until - since);
  return events[0]?.seq === since + 1 ? events : [];
}

export async function readText(connection: Asked, { hash }: KeptText): Promise<string> {
  const parts: string[] = [];
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const answer: { part: string; next?: number } = await connection.request(clientMethods.text, {
      hash,
      offset,
    });
    parts.push(answer.part);
    offset = answer.next;
  }
  return parts.join('');
}

/** The changes of a feature that waits for the user's approval. */
export async function readDiff(connection: Asked, featureId: number): Promise<Result<string>> {
  const parts: string[] = [];
  for (let from: { text: number; offset: number } | undefined; ; ) {
    const params = { featureId, ...(from && { from }) };
    const answer: Result<{ part: string; next?: typeof from }> = await connection.request(
      clientMethods.diff,
      params,
    );
    if (!answer.ok) return answer;
    parts.push(answer.value.part);
    from = answer.value.next;
    if (from === undefined) return ok(parts.join(''));
  }
}

/** All parts are on their way before another list can be. */
export async function tellEditing(connection: Asked, paths: readonly string[]): Promise<object> {
  const pages = [...inPages(paths)];
  const told = (pages.length === 0 ? [[]] : pages).map((page, at) =>
    connection.request(clientMethods.humanEditing, { paths: [...page], last: at >= pages.length - 1 }),
  );
  await Promise.all(told);
  return {};
}
