// The forms of settings that name variables, files that are secrets, and a shell; each entry that cannot be used is told by
// itself, and the others count.
import { z } from 'zod';
import { isException, wrongSecretGlob } from '../features/namedSecrets';
import { usualShell, wrongShell } from '../guardrails/commandShell';
import { wrongVariable } from '../guardrails/commandVariables';
import { type Texts, textsValue, textsWritten } from './forms';
import { type Form, type Side, settingsSection, shown } from './setting';

export const variableNames: Form<Texts> = {
  written: textsWritten(true),
  value: textsValue(1000),
  read: (given, { say }) => {
    if (!isTexts(given)) {
      // Not quoted: whoever writes names with their values writes secrets.
      say(`${settingsSection}.commands.env must be a list of names of variables; none is used.`);
      return undefined;
    }
    return given.flatMap((entry) => {
      const wrong = wrongVariable(entry);
      if (wrong === undefined) return [entry.trim()];
      say(`${settingsSection}.commands.env: ${wrong}; it is left out.`);
      return [];
    });
  },
};

/**
 * A workspace may name further secrets, and none that are none: whoever wrote its settings would read the user's.
 */
export function secretGlobs(of: Side): Form<Texts> {
  const whose = of === 'user' ? 'your own settings' : "the workspace's settings";
  const name = `${settingsSection}.secrets.files`;
  return {
    written: textsWritten(true),
    value: textsValue(1000),
    read: (given, { say }) => {
      if (!isTexts(given)) {
        say(
          `${name} must be a list of globs, not ${shown(given)} (in ${whose}); what is always secret still is.`,
        );
        return undefined;
      }
      return given.flatMap((entry) => {
        const isRefused = of === 'workspace' && isException(entry);
        const wrong = isRefused
          ? 'would show secrets to agents, which only your own settings may say'
          : wrongSecretGlob(entry);
        if (wrong === undefined) return [entry.trim()];
        say(`${name} (in ${whose}): ${shown(entry)} ${wrong}; it is left out.`);
        return [];
      });
    },
  };
}

/** Absent where it is the system's own. */
export const shellName: Form<z.ZodOptional<z.ZodString>> = {
  written: z.string(),
  value: z.string().optional(),
  read: (given, { mustBe }) => {
    if (typeof given !== 'string') return mustBe('text');
    const name = given.trim();
    if (name === '' || name === usualShell) return undefined;
    const want = wrongShell(name);
    return want === undefined ? name : mustBe(want);
  },
};

/** Absent where there is none. */
export const folderName: Form<z.ZodOptional<z.ZodString>> = {
  written: z.string(),
  value: z.string().optional(),
  read: (given, { mustBe }) => (typeof given === 'string' ? given.trim() || undefined : mustBe('text')),
};

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
