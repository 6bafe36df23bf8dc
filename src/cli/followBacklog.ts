// Keeps a run to its backlog as that is edited meanwhile, and says what came of each edit.
import { join } from 'node:path';
import { BacklogFollower } from '../client/backlogFollower';
import type { Session } from '../client/session';
import type { LoadedBacklog, PlacedProblem } from '../protocol/hubValues';
import { placeOf } from './readBacklog';
import { BadInput } from './terminal';

export interface FollowedBacklog {
  /** Reads it for the first time. @throws BadInput when it cannot be used */
  load(): Promise<void>;
  /** Resolves when all edits so far are read; with false when the backlog, as it is now, cannot be used. */
  settled(): Promise<boolean>;
  stop(): void;
}

/** @param file the backlog's path in the workspace; what is written to it from now on is followed */
export function followBacklog(session: Session, file: string, note: (line: string) => void): FollowedBacklog {
  const noticed = new Set<string>();
  let kind: LoadedBacklog['kind'] = 'loaded';
  const told = (loaded: LoadedBacklog) => {
    for (const line of describeEdit(file, loaded, kind === 'loaded')) note(line);
    if (loaded.kind === 'loaded') tellNotices(loaded.notices);
    kind = loaded.kind;
  };
  const tellNotices = (notices: readonly PlacedProblem[]) => {
    for (const notice of notices) {
      if (!noticed.has(notice.message)) note(`⚠️ ${placeOf(notice)}`);
      noticed.add(notice.message);
    }
  };
  const follower = new BacklogFollower({
    file: join(session.root, file),
    read: () => session.loadBacklog(file).catch(() => undefined), // without a host, the next one reads it
    told,
  });
  const stopHearing = session.onChange(({ events, reset }) => {
    if (reset) void follower.again();
    else if (events.some((event) => event.type === 'agent.ended')) void follower.look();
  });
  return {
    async load() {
      const loaded = await session.loadBacklog(file);
      if (loaded.kind === 'bad') throw new BadInput(loaded.problems.map(placeOf));
      if (loaded.kind === 'none') throw new BadInput([`There is no ${loaded.file}.`]);
      tellNotices(loaded.notices);
    },
    async settled() {
      await follower.look();
      return kind !== 'bad';
    },
    stop() {
      stopHearing();
      follower.dispose();
    },
  };
}

/** Nobody mends more while a run goes on; the next reading tells the others. */
const mostProblems = 10;

/** @param wasUsable what was read before is what the run goes by; else it goes by what was before that */
export function describeEdit(file: string, loaded: LoadedBacklog, wasUsable: boolean): readonly string[] {
  const stays = 'what was read before stays in force';
  switch (loaded.kind) {
    case 'none':
      return [`⚠️ ${file} is not there any more; ${stays}.`];
    case 'bad': {
      const shown = loaded.problems.slice(0, mostProblems);
      const left = loaded.problems.length - shown.length;
      return [
        `⚠️ ${file} was changed and cannot be used as it is; ${stays}:`,
        ...shown.map((problem) => `   ${placeOf(problem)}`),
        ...(left > 0 ? [`   … and ${left} more`] : []),
      ];
    }
    case 'loaded': {
      const { added, edited, removed, deferred } = loaded;
      const parts = Object.entries({ added, edited, removed }).flatMap(([how, n]) =>
        n > 0 ? [`${n} ${how}`] : [],
      );
      const later = deferred > 0 ? [`${deferred} at work, changed when the attempt ends`] : [];
      const changes = [...parts, ...later];
      if (changes.length > 0) return [`📄 ${file} was changed; features: ${changes.join(', ')}.`];
      return wasUsable ? [] : [`📄 ${file} can be used again, and asks for nothing new.`];
    }
    default:
      return loaded satisfies never;
  }
}
