// The forms of settings that say which models build what.
import { z } from 'zod';
import { isModelName, type ModelName, modelAliases, modelAliasTexts, modelNameForms } from '../models/models';
import { ownExample } from '../models/providers';
import { usualLadder } from '../routing/presets';
import { type Form, settingsSection } from './setting';

export const modelName = z.custom<ModelName>((value) => typeof value === 'string' && isModelName(value));
type ModelNames = z.ZodType<readonly ModelName[]>;
type ModelsByName = z.ZodType<Readonly<Record<string, ModelName>>>;

const mostEntries = 100;

/** One for all; `auto`, or nothing, leaves the choice to each feature. */
export const modelOrAuto: Form<z.ZodOptional<z.ZodType<ModelName>>> = {
  written: z.string().meta({
    anyOf: [
      {
        enum: ['auto', ...modelAliases],
        enumDescriptions: [
          'Chosen for each feature: its own wish, else by its category',
          ...modelAliases.map((alias) => modelAliasTexts[alias]),
        ],
      },
      {
        pattern: '^[a-z0-9][a-z0-9_-]*/[^/\\s]\\S*$',
        patternErrorMessage: `auto, ${modelAliases.join(', ')}, or provider/model, such as ${ownExample}`,
      },
    ],
  }),
  value: modelName.optional(),
  read: (given, { mustBe }) => {
    if (given === '' || given === 'auto') return undefined;
    return isModel(given) ? given : mustBe(`auto, ${modelNameForms}`);
  },
};

/** Absent where there is none; each entry that cannot be used is told by itself. */
export const modelsByCategory: Form<z.ZodOptional<ModelsByName>> = {
  written: z.record(z.string(), z.string()),
  value: z.record(z.string().max(1000), modelName).optional(),
  read: (given, { mustBe, say }) => {
    if (given === null) return undefined;
    if (typeof given !== 'object' || Array.isArray(given))
      return mustBe('an object, as in {"frontend": "opus"}');
    const usable = Object.entries(given).flatMap(([category, model]) => {
      if (isModel(model)) return [[category.trim().toLowerCase(), model] as const];
      say(
        `${settingsSection}.models.byCategory.${category.slice(0, 60)} must be ${modelNameForms}; it is left out.`,
      );
      return [];
    });
    return usable.length > 0 ? Object.fromEntries(usable.slice(0, mostEntries)) : undefined;
  },
};

export const modelLadder: Form<ModelNames> = {
  written: z.array(z.string()),
  value: z.array(modelName).max(mostEntries),
  read: (given, { mustBe }) => {
    const isLadder = Array.isArray(given) && given.length <= mostEntries && given.every(isModel);
    if (isLadder) return given;
    return given === null
      ? undefined
      : mustBe(`a list of models, each ${modelNameForms}`, usualLadder.join(', '));
  },
};

function isModel(value: unknown): value is ModelName {
  return typeof value === 'string' && isModelName(value);
}
