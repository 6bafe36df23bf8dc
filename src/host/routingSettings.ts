// Turns `parallelAgents.models.*` as people write them into how a run chooses models, and names what cannot be used.
import { isModelName, type ModelName, modelNameForms } from '../core/models/models';
import { defaultPreset, presetNames, usualLadder } from '../core/routing/presets';
import type { Routing } from '../core/routing/routeModel';
import type { SettingReader } from './settingReader';

const mostEntries = 100;

/** What is not set, or cannot be used, is as by default; each entry of `byCategory` that cannot be used is told by itself. */
export function readRouting(read: SettingReader, warnings: string[]): Omit<Routing, 'model'> {
  const preset = read('models.preset');
  const known = presetNames.find((name) => name === preset);
  if (preset !== undefined && known === undefined)
    warnings.push(
      `parallelAgents.models.preset must be one of ${presetNames.join(', ')}; ${defaultPreset} is used.`,
    );
  const byCategory = readByCategory(read('models.byCategory'), warnings);
  const ladder = readLadder(read('models.ladder'), warnings);
  return {
    preset: known ?? defaultPreset,
    ...(Object.keys(byCategory).length > 0 && { byCategory }),
    ladder: ladder ?? usualLadder,
  };
}

function readByCategory(value: unknown, warnings: string[]): Readonly<Record<string, ModelName>> {
  const setting = 'parallelAgents.models.byCategory';
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    warnings.push(`${setting} must be an object, as in {"frontend": "opus"}; it is not used.`);
    return {};
  }
  const usable = Object.entries(value).flatMap(([category, model]) => {
    if (isModel(model)) return [[category.trim().toLowerCase(), model] as const];
    warnings.push(`${setting}.${category.slice(0, 60)} must be ${modelNameForms}; it is left out.`);
    return [];
  });
  return Object.fromEntries(usable.slice(0, mostEntries));
}

function readLadder(value: unknown, warnings: string[]): readonly ModelName[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.length <= mostEntries && value.every(isModel)) return value;
  warnings.push(
    `parallelAgents.models.ladder must be a list of models, each ${modelNameForms}; ${usualLadder.join(', ')} is used.`,
  );
  return undefined;
}

function isModel(value: unknown): value is ModelName {
  return typeof value === 'string' && isModelName(value);
}
