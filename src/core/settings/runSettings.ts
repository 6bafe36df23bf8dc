// What a run was started with: resolved by the client that started it, stored with the start. What gives power on the
// user's machine is not in it: see `machineSettings.ts`.
import { z } from 'zod';
import { fixedLimits } from '../guardrails/limits';
import { type Fields, fieldsOf } from '../shared/fields';
import type { FeatureId } from '../shared/ids';
import { schemasOf, valuesOf } from './setting';
import { settingsTable } from './settingsTable';

const ms = z.number().positive();
export const limitsSchema = z.strictObject({
  ...schemasOf(settingsTable.limits),
  attemptMs: z.strictObject({ haiku: ms, sonnet: ms, opus: ms, other: ms }),
  maxLosses: z.int().min(1),
});

/** Only these features; absent means all. */
const only: z.ZodType<readonly FeatureId[]> = z.array(z.int().positive()).max(100_000);
export const runSettingsSchema = z.strictObject({
  ...schemasOf(settingsTable.run),
  limits: limitsSchema,
  only: only.optional(),
});
export type RunSettings = Readonly<z.output<typeof runSettingsSchema>>;

export const defaultLimits = {
  ...fixedLimits,
  ...valuesOf(settingsTable.limits, () => undefined, []),
};
export const defaultRunSettings: RunSettings = {
  ...valuesOf(settingsTable.run, () => undefined, []),
  limits: defaultLimits,
};

/** Settings as a database holds them: only what is known here is taken, and what cannot be used is as by default. */
export function readRunSettings(stored: unknown): RunSettings {
  const found = fieldsOf(stored);
  const { limits, ...others } = runSettingsSchema.shape;
  const { attemptMs, ...ofLimits } = limits.shape;
  const foundLimits = fieldsOf(found.limits);
  return runSettingsSchema.parse({
    ...required,
    ...usable(others, found),
    limits: {
      ...defaultLimits,
      ...usable(ofLimits, foundLimits),
      attemptMs: {
        ...defaultLimits.attemptMs,
        ...usable(attemptMs.shape, fieldsOf(foundLimits.attemptMs)),
      },
    },
  });
}

/** What is optional stays absent where nothing usable is stored. */
const { maxAgents, reattachGraceMs } = defaultRunSettings;
const required = { maxAgents, reattachGraceMs };

function usable(schemas: Readonly<Record<string, z.ZodType>>, found: Fields): Fields {
  const good = Object.entries(schemas).filter(
    ([name, schema]) => found[name] !== undefined && schema.safeParse(found[name]).success,
  );
  return Object.fromEntries(good.map(([name]) => [name, found[name]]));
}
