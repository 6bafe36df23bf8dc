// Joins a command to its folder's host, with this user's own settings, and says what to do about records made elsewhere.

import { type Elsewhere, madeElsewhere } from '../client/elsewhere';
import type { Session } from '../client/session';
import type { MachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import { type Joined, joinWorkspace } from '../host/joinWorkspace';
import { readSettings } from './settingsFiles';
import { type LongWork, tellLong } from './tellLong';
import { BadInput, type Terminal } from './terminal';

/** What every command that speaks to a host is given. */
export interface CliContext {
  readonly root: string;
  readonly distDir: string;
  readonly terminal: Terminal;
  /** This user's own settings, where somebody follows them; else they are as they are read at the opening. */
  readonly machine?: () => MachineSettings;
  /** Of a command that goes on being busy after the opening; else there is one for that alone. */
  readonly long?: LongWork;
}

/** What the opening waits for was told; if it goes on for so long, that is not all. */
const toldMs = 20_000;

/** As `joinWorkspace`; starts nothing by itself, and says what there is to be told. */
export async function openFolder(
  { root, distDir, terminal, machine, long: given }: CliContext,
  elsewhere: Elsewhere = 'ask',
): Promise<Joined> {
  const long = given ?? tellLong(terminal.note);
  long.now(
    `Opening ${root}`,
    'there is much to read or to copy, its disk does not answer, or the process that opens it has to wait itself',
  );
  const { machine: read } = resolveSettings((await readSettings(root, {}, terminal.env)).read);
  const onWait = (what: string) => {
    terminal.note(`⏳ ${what} It goes on by itself.`);
    long.said(toldMs);
  };
  const joined = await joinWorkspace({
    root,
    face: 'cli',
    distDir,
    goOn: false,
    elsewhere,
    log: terminal.debug,
    onWait,
    machine: machine ?? (() => read),
  }).finally(() => given ?? long.end());
  if (joined.kind === 'session') for (const line of joined.told) terminal.note(`⚠️ ${line}`);
  return joined;
}

/** @throws BadInput when the records were made elsewhere and `elsewhere` does not say what to do with them; `newer` */
export async function openSession(place: CliContext, elsewhere?: Elsewhere): Promise<Session> {
  const joined = await openFolder(place, elsewhere);
  if (joined.kind === 'session') return joined.session;
  if (joined.kind === 'newer') throw joined.because;
  throw new BadInput(describeElsewhere(place.root));
}

/** What a command does last; said while it lasts, since its disk may not answer. */
export async function closeSession(session: Session, { note }: Terminal): Promise<void> {
  const long = tellLong(note);
  long.now(`Closing ${session.root}`, 'there is much to write, or its disk does not answer');
  await session.close().finally(() => long.end());
}

/** What it means that records were made elsewhere, and the two ways on. */
export function describeElsewhere(root: string): readonly string[] {
  return [
    madeElsewhere,
    `If they are yours (the folder was moved, copied, or is shared with a container), go on with them, with your own settings: parallel-agents run --go-on --project-dir ${root}`,
    `To begin anew and keep them aside under a dated name: parallel-agents run --start-over --project-dir ${root}`,
  ];
}
