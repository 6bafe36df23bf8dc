// The limits an attempt and a run are held to; settings `limits.*` change most of them (`settings/settingsTable.ts`).

export interface Limits {
  /** Files changed, per attempt: by every call of a tool, and by every command each file that it changed. */
  readonly maxFileEdits: number;
  /** `run_command` calls, per attempt. */
  readonly maxBashCommands: number;
  /** Tool calls of any kind, per attempt. */
  readonly maxActions: number;
  /** One command, in milliseconds. */
  readonly commandMs: number;
  /** One check, in milliseconds. */
  readonly verifyMs: number;
  /** Wall time of an attempt, in milliseconds, the outer bound whatever the model. */
  readonly maxSessionMs: number;
  /** Wall time of an attempt by the model's tier, in milliseconds. */
  readonly attemptMs: {
    readonly haiku: number;
    readonly sonnet: number;
    readonly opus: number;
    readonly other: number;
  };
  /** Failed attempts after which one more is made: 3 retries are four attempts. */
  readonly maxRetries: number;
  /** Attempts at one feature lost without a fault of their work before that counts as its failure for good. */
  readonly maxLosses: number;
}

/** Those that no setting changes. */
export const fixedLimits = {
  attemptMs: { haiku: 600_000, sonnet: 1_800_000, opus: 3_600_000, other: 1_800_000 },
  maxLosses: 3,
} as const satisfies Partial<Limits>;
