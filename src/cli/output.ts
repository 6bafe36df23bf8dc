// What the command line prints: events as lines for people, or as JSON for programs.
import { describe, describeEnd } from '../core/events/describe';
import { type Event, toExternal } from '../core/events/event';
import { mapTexts } from '../core/events/longTexts';
import { projectAll } from '../core/events/project';
import type { Snapshot } from '../core/events/snapshot';
import { describeReport } from '../core/scheduler/describeReport';
import { excerptOf, type KeptText } from '../core/shared/longText';
import { RefusedCalls } from './refusedCalls';

/** Takes events in order; each is shown once, with the state it led to. */
export interface Printer {
  show(events: readonly Event[]): void;
  /** Shows events that happened before the snapshot it started from. */
  aside(events: readonly Event[], snapshot: Snapshot): void;
  /** Starts over from a snapshot, after a host was replaced. */
  reset(snapshot: Snapshot): void;
  /** Resolves when all that was to be shown has been printed. */
  settled(): Promise<void>;
}

/** @param note takes what is beside the run's own lines, such as the report: the last of those is always the outcome */
export function createTextPrinter(
  start: Snapshot,
  print: (line: string) => void,
  note: (line: string) => void,
): Printer {
  let snapshot = start;
  const refused = new RefusedCalls();
  return {
    show(events) {
      const fresh = events.filter(({ seq }) => seq > snapshot.seq);
      snapshot = projectAll(snapshot, fresh, (event, after) => {
        const line = describe(event, after);
        if (line !== undefined) print(line);
        for (const call of refused.take(event)) note(call);
        if (event.type === 'run.finished') {
          for (const row of describeReport(event.report)) note(row);
          for (const end of describeEnd(after)) print(end);
        }
      });
    },
    aside(events, at) {
      for (const event of events) {
        const line = describe(event, at);
        if (line !== undefined) print(line);
      }
    },
    reset(next) {
      snapshot = next;
    },
    settled: async () => {},
  };
}

/** @param textOf all of a long text; where it cannot be had, its ends are printed */
export function createJsonPrinter(
  start: Snapshot,
  print: (line: string) => void,
  textOf: (text: KeptText) => Promise<string>,
): Printer {
  let seq = start.seq;
  let pending = 0;
  let last: Promise<void> = Promise.resolve();
  const tell = (event: Event) => {
    const kept = keptTextsOf(event);
    if (kept.length === 0 && pending === 0)
      return print(JSON.stringify(toExternal(withTexts(event, new Map()))));
    pending += 1;
    last = last.then(async () => {
      const whole = new Map<string, string>();
      for (const text of kept) whole.set(text.hash, await textOf(text).catch(() => text.excerpt));
      print(JSON.stringify(toExternal(withTexts(event, whole))));
      pending -= 1;
    });
  };
  return {
    show(events) {
      for (const event of events) {
        if (event.seq <= seq) continue;
        seq = event.seq;
        tell(event);
      }
    },
    aside(events) {
      for (const event of events) tell(event);
    },
    reset(next) {
      seq = next.seq;
    },
    settled: () => last,
  };
}

/** But for those of the backlog, which the reader has in its file. */
function keptTextsOf(event: Event): readonly KeptText[] {
  const kept: KeptText[] = [];
  if (event.type === 'feature.added' || event.type === 'feature.edited') return kept;
  mapTexts(event, (text) => {
    if (typeof text !== 'string') kept.push(text);
    return text;
  });
  return kept;
}

/** Programs read plain texts, as long as they are. */
function withTexts(event: Event, whole: ReadonlyMap<string, string>): Event {
  return mapTexts(event, (text) =>
    typeof text === 'string' ? text : (whole.get(text.hash) ?? excerptOf(text)),
  );
}
