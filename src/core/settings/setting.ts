// What a setting is: where people write it, what it may be, what it comes to, and how it is shown. `settingsTable.ts` has all.
import type { z } from 'zod';

/** Whose settings: a user's own, or those that a workspace brings along. */
export type Side = 'user' | 'workspace';

/**
 * Reads one setting by its name below `parallelAgents.`, wherever a client keeps it; undefined when it is not set. With `of`
 * only what that side says, for settings to which both may add.
 */
export type SettingReader = (name: string, of?: Side) => unknown;

/** How a form tells of what it cannot use. */
export interface Problems {
  /** The whole value is something else, so that the default is used. @param instead what that is called, if not by its value */
  mustBe(want: string, instead?: string): undefined;
  /** A sentence of its own; the form says what is used. */
  say(sentence: string): void;
}

/** How a value is written, and what it comes to. */
export interface Form<V extends z.ZodType = z.ZodType> {
  /** As people write it: package.json's schema is made of it. */
  readonly written: z.ZodType;
  /** What it comes to, as it goes over the wire and into the database. */
  readonly value: V;
  /** Undefined where `given` says nothing, or cannot be used and that is told; then the default counts. */
  read(given: unknown, problems: Problems): z.output<V> | undefined;
}

export interface Setting<V extends z.ZodType = z.ZodType> {
  /** Its name below `parallelAgents.`. */
  readonly key: string;
  readonly form: Form<V>;
  /** As people would write it. */
  readonly default: unknown;
  /** `machine`: only a user's own settings say it, for it gives power on their machine. */
  readonly scope: 'resource' | 'machine';
  /** Whose settings alone are read; absent: whichever counts most. */
  readonly of?: Side;
  /** For the editor, in its Markdown. */
  readonly text: string;
  readonly section: 'main' | 'advanced';
  /** Where it stands in its section. */
  readonly order: number;
}

export const settingsSection = 'parallelAgents';

export type SettingGroup = Readonly<Record<string, Setting>>;

/** What the settings of a group come to, by the names that the code has for them. */
export type ValuesOf<G extends SettingGroup> = z.output<
  z.ZodObject<{ readonly [K in keyof G]: G[K]['form']['value'] }>
>;

/** The schema of `ValuesOf`. */
export function schemasOf<G extends SettingGroup>(
  group: G,
): { readonly [K in keyof G]: G[K]['form']['value'] } {
  const entries = Object.entries(group).map(([name, { form }]) => [name, form.value]);
  return Object.fromEntries(entries) as { [K in keyof G]: G[K]['form']['value'] }; // its names are those of the group
}

/** Every gap and every unusable value is filled from the defaults, and the latter told in `warnings`. */
export function valuesOf<G extends SettingGroup>(
  group: G,
  read: SettingReader,
  warnings: string[],
): ValuesOf<G> {
  const entries = Object.entries(group).flatMap(([name, setting]) => {
    const value = oneOf(setting, read(setting.key, setting.of), warnings);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries) as ValuesOf<G>; // its names are those of the group, and each value is of its form
}

function oneOf({ key, form, default: usual }: Setting, given: unknown, warnings: string[]): unknown {
  const problems: Problems = {
    mustBe: (want, instead = shown(usual)) =>
      void warnings.push(
        `${settingsSection}.${key} must be ${want}, not ${shown(given)}; ${instead} is used.`,
      ),
    say: (sentence) => void warnings.push(sentence),
  };
  const value = given === undefined ? undefined : form.read(given, problems);
  return value ?? form.read(usual, problems);
}

/** For a message: a text or list as it is written, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
