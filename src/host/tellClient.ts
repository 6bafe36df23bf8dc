// Tells one client what happens, at the pace at which it reads: a client that falls behind is told less, and is never cut.
import type { Event } from '../core/events/event';
import type { Slot } from '../core/shared/ids';
import { inPages } from '../core/shared/inPages';
import { notShown } from '../core/shared/size';
import type { EventLog } from '../engine/eventLog';
import type { HubConnection } from '../hub/connection';
import { toClientNotices } from '../protocol/hubMethods';
import type { Output, OutputRings } from './outputRings';

/** Words to look at are of no use when they are old: a second of the fastest output. */
const outputAheadBytes = 256 * 1024;
/** Of events a client wants every one, and gets them; beyond this it asks for them when it has read what it was sent. */
const eventsAheadBytes = 4 * 1024 * 1024;
/** Of what a client missed of an agent's output it is shown the end. */
const shownEndChars = 16 * 1024;

/** Every step stored from now on, and every output; the answer stops it. */
export function tellClient(
  connection: HubConnection,
  log: Pick<EventLog, 'onStored'>,
  outputs: OutputRings,
): () => void {
  const missed = new Map<Slot, { readonly output: Output; chars: number }>();
  let missedStep: readonly Event[] | undefined;
  let isCatchingUp = false;

  function tellStep(events: readonly Event[]): void {
    for (const page of inPages(events)) {
      const wasSent =
        missedStep === undefined &&
        connection.offer(toClientNotices.events, { events: [...page] }, eventsAheadBytes);
      if (wasSent) continue;
      missedStep = page;
      void catchUp();
    }
  }

  function tellOutput(output: Output): void {
    const before = missed.get(output.slot);
    if (!before && connection.offer(toClientNotices.output, output, outputAheadBytes)) return;
    const chars = before?.output.fence === output.fence ? before.chars : 0;
    missed.set(output.slot, { output, chars: chars + output.text.length });
    void catchUp();
  }

  async function catchUp(): Promise<void> {
    if (isCatchingUp) return;
    isCatchingUp = true;
    await connection.taken();
    isCatchingUp = false;
    for (const [slot, { output, chars }] of missed) {
      const end = outputs.read(slot).slice(-Math.min(chars, shownEndChars));
      const text = chars > end.length ? notShown(chars - end.length) + end : end;
      connection.notify(toClientNotices.output, { ...output, text });
    }
    missed.clear();
    // The client sees by its number that steps before it are missing, and asks for them.
    if (missedStep) connection.notify(toClientNotices.events, { events: [...missedStep] });
    missedStep = undefined;
  }

  const stops = [log.onStored(tellStep), outputs.onOutput(tellOutput)];
  return () => {
    for (const stop of stops) stop();
  };
}
