// Starting, finding and ending the processes agents run in, and running checks.
import type { ProcessIdentity } from '../core/events/event';

export interface WorkerSpawner {
  /**
   * Starts a worker in a session of its own. It does nothing until `begin` gives it its token; if the host dies before
   * that, it ends by itself. Throws `Failure` (`spawn`) when the system has no room.
   */
  spawn(start: {
    readonly slot: number;
    readonly fence: number;
    readonly tag: string;
  }): Promise<WorkerHandle>;
}

export interface WorkerHandle {
  readonly process: ProcessIdentity;
  /** Hands over how to reach the hub and closes the pipe. */
  begin(hello: { readonly socketPath: string; readonly token: string }): void;
  /** Resolves once the process is gone; never rejects. */
  readonly exited: Promise<WorkerEnd>;
}

/** What a worker ends with that found nobody where it was told to come: it has not begun. */
export const nobodyThereCode = 69;

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last it printed. */
  readonly outputTail: string;
}

/** Ends processes by identity, never by name. */
export interface ProcessTerminator {
  /**
   * Ends a process, everything below it and everything carrying `tag`: asks first, forces after `graceMs`, and resolves
   * when none is left with the number it ended. A process whose start time differs is a stranger and is left alone.
   */
  end(target: {
    readonly process?: ProcessIdentity;
    readonly tag: string;
    readonly graceMs: number;
  }): Promise<number>;
  isAlive(process: ProcessIdentity): Promise<boolean>;
  self(): Promise<ProcessIdentity>;
}

export interface CommandRunner {
  /**
   * Runs a shell command to its end in a scrubbed environment, its whole tree ended with it, with our death, after
   * `timeoutMs`, or when `signal` fires. Rejects only when it could not be started (`spawn`).
   */
  run(command: CommandRun, signal?: AbortSignal): Promise<CommandResult>;
}

export interface CommandRun {
  readonly command: string;
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly tag: string;
  /** Absent: it sees the disk as it is. `cwd` is as the command sees it. */
  readonly view?: DiskView;
  /** Goes over the allow-listed environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The shell that it is written for: a name or an absolute path; absent: the system's own. */
  readonly shell?: string;
  readonly onOutput?: (text: string) => void;
}

/** How a command sees the disk, where that is otherwise than it is. */
export interface DiskView {
  /** The absolute path of the program that makes it, bubblewrap. */
  readonly program: string;
  /**
   * The command sees no processes but its own: they are in a namespace, whose first carries the command's tag and has under it
   * whatever leaves its session and its parents and strips its environment.
   */
  readonly ownProcesses?: boolean;
  /** Made one after the other, so that a later one may lie in an earlier. */
  readonly mounts: readonly Mount[];
}

/** What makes views on this machine. */
export type ViewMaker = Pick<DiskView, 'program' | 'ownProcesses'>;

/** Both absolute and there. */
export interface Mount {
  readonly from: string;
  /** Where the command sees it. */
  readonly at: string;
  readonly isReadOnly?: boolean;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
  /** CPU time that it and what it started took, as far as it was seen to end; absent where the system does not tell. */
  readonly cpuMs?: number;
  /** What it and what it started wrote, to pipes too, as far as it was seen to end; absent where the system does not tell. */
  readonly wroteBytes?: number;
  /** Its guard was ended before it, by a signal or with a code, and not by us: `SIGKILL`, `code 1`. */
  readonly guardEnd?: string;
  /** The last 16 KiB of stdout and stderr as they came, cleaned of control characters. */
  readonly outputTail: string;
  readonly outputBytes: number;
}

/** Did it end badly, for whatever reason but ours? */
export function hasFailed({ exitCode, timedOut, aborted }: CommandResult): boolean {
  return !aborted && (exitCode !== 0 || timedOut);
}
