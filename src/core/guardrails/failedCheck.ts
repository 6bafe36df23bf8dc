// A check that failed, as far as its own words can tell what it lacked.

/** What a failed check was told to run, and the end of what it printed. */
export interface FailedCheck {
  readonly command: string;
  readonly output: string;
}
