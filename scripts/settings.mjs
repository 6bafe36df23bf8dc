// Writes the settings of the table (`src/core/settings/settingsTable.ts`) into package.json: its configuration, and which of
// them wait for a trusted folder.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, isProgram, repoRoot } from './bootstrap.mjs';

const titles = { main: 'Parallel Agents', advanced: 'Advanced' };

/**
 * @param {string} manifest the text of package.json
 * @param {readonly import('../src/core/settings/setting').Setting[]} settings
 * @returns {Promise<string>} the same with these settings and no others
 */
export async function withSettings(manifest, settings) {
  const { z } = await import('zod');
  const sorted = [...new Map(settings.map((setting) => [setting.key, setting])).values()].sort(
    (a, b) => a.order - b.order || (a.key < b.key ? -1 : 1),
  );
  const configuration = Object.entries(titles).map(([section, title]) => ({
    title,
    properties: Object.fromEntries(
      sorted
        .filter((setting) => setting.section === section)
        .map((setting) => [nameOf(setting), propertyOf(setting, z)]),
    ),
  }));
  const parsed = JSON.parse(manifest);
  parsed.contributes.configuration = configuration;
  // An untrusted folder says nothing: all that settings do is done in a trusted one.
  parsed.capabilities.untrustedWorkspaces.restrictedConfigurations = sorted.map(nameOf);
  return `${JSON.stringify(parsed, undefined, 2)}\n`;
}

function nameOf({ key }) {
  return `parallelAgents.${key}`;
}

function propertyOf({ form, default: usual, text, scope, order }, z) {
  const { $schema: _, ...schema } = z.toJSONSchema(form.written, {
    io: 'input',
    override: inWordsOfTheEditor,
  });
  return { ...schema, default: usual, markdownDescription: text, scope, order };
}

/** A settings page has a field for a number that may be empty, and none for a choice of schemas. */
function inWordsOfTheEditor({ jsonSchema }) {
  delete jsonSchema.propertyNames;
  const [value, nothing, ...others] = jsonSchema.anyOf ?? [];
  if (nothing?.type !== 'null' || others.length > 0) return;
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, value, { type: [value.type, 'null'] });
}

// Not waited for here: a test loads this file in a way that cannot.
if (isProgram(import.meta)) void writeSettings();

async function writeSettings() {
  await ensureInstalled();
  const file = path.join(repoRoot, 'package.json');
  await writeFile(file, await withSettings(await readFile(file, 'utf8'), await readTable()));
}

async function readTable() {
  const { build } = await import('esbuild');
  await mkdir(path.join(repoRoot, 'out'), { recursive: true });
  const folder = await mkdtemp(path.join(repoRoot, 'out', 'settings-'));
  const outfile = path.join(folder, 'settingsTable.mjs');
  try {
    await build({
      absWorkingDir: repoRoot,
      entryPoints: ['src/core/settings/settingsTable.ts'],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
    });
    return (await import(pathToFileURL(outfile).href)).allSettings;
  } finally {
    await rm(folder, { recursive: true });
  }
}
