// What a system can tell about the processes running on it; each system has its own way of asking.

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Process group, named for the process that led it first; 0 where the system has none or does not tell. */
  readonly group: number;
  readonly session: number;
  /** Told in the same words for as long as the process lives; with `pid` it names one process for ever. */
  readonly started: string;
  /** It has ended and only its parent has yet to take note. */
  readonly zombie: boolean;
  /** Its tags, see `processTag`; empty where it has none or we may not look. */
  readonly lineage: string;
}

export interface ProcessTable {
  /** Every process that can be seen, in no order. Not one instant's picture: processes come and go while it is taken. */
  list(): Promise<readonly ProcessRow[]>;
  find(pid: number): Promise<ProcessRow | undefined>;
}
