// What the command line prints: events as lines for people, or as JSON for programs.
import { describe, describeEnd } from '../core/events/describe';
import { type Event, toExternal } from '../core/events/event';
import { project, type Snapshot } from '../core/events/snapshot';
import { describeReport } from '../core/scheduler/reportRun';

/** Takes events in order; each is shown once, with the state it led to. */
export interface Printer {
  show(events: readonly Event[]): void;
  /** Shows events that happened before the snapshot it started from. */
  aside(events: readonly Event[], snapshot: Snapshot): void;
  /** Starts over from a snapshot, after a host was replaced. */
  reset(snapshot: Snapshot): void;
}

/** @param note takes what is beside the run's own lines: the report, so that the last line is always the outcome */
export function createTextPrinter(
  start: Snapshot,
  print: (line: string) => void,
  note: (line: string) => void,
): Printer {
  let snapshot = start;
  return {
    show(events) {
      for (const event of events) {
        if (event.seq <= snapshot.seq) continue;
        snapshot = project(snapshot, event);
        const line = describe(event, snapshot);
        if (line !== undefined) print(line);
        if (event.type === 'run.finished') {
          for (const row of describeReport(event.report)) note(row);
          for (const end of describeEnd(snapshot)) print(end);
        }
      }
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
  };
}

export function createJsonPrinter(start: Snapshot, print: (line: string) => void): Printer {
  let seq = start.seq;
  return {
    show(events) {
      for (const event of events) {
        if (event.seq <= seq) continue;
        seq = event.seq;
        print(JSON.stringify(toExternal(event)));
      }
    },
    aside(events) {
      for (const event of events) print(JSON.stringify(toExternal(event)));
    },
    reset(next) {
      seq = next.seq;
    },
  };
}
