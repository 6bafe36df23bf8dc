// What package.json contributes, compared with the ids that the code uses, both ways.
import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withSettings } from '../../scripts/settings.mjs';
import { isModelName, modelAliases } from '../../src/core/models/models';
import { allSettings } from '../../src/core/settings/settingsTable';
import * as ids from '../../src/vscode/contributions';
import { repoRoot } from '../support/repoRoot';

interface Setting {
  readonly default: unknown;
  readonly scope?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly { readonly enum?: readonly string[]; readonly pattern?: string }[];
  readonly markdownDescription?: string;
}
interface Manifest {
  readonly activationEvents: readonly string[];
  readonly icon: string;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; enablement?: string }[];
    readonly views: Readonly<Record<string, readonly { id: string; icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly viewsWelcome: readonly { view: string; contents: string; when: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when: string }[]>>;
    readonly configuration: readonly { properties: Readonly<Record<string, Setting>> }[];
    readonly colors: readonly { id: string }[];
    readonly jsonValidation: readonly { url: string }[];
    readonly walkthroughs: readonly {
      id: string;
      steps: readonly {
        description: string;
        media: Record<string, string>;
        completionEvents: readonly string[];
      }[];
    }[];
  };
}

const text = readFileSync(path.join(repoRoot, 'package.json'), 'utf8');
const manifest: Manifest = JSON.parse(text);
const { contributes } = manifest;
const settings = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }) => properties),
) as Record<string, Setting>;
const sorted = (list: Iterable<string>) => [...list].sort();

describe('package.json', () => {
  it('contributes exactly the commands that are registered', () => {
    assert.deepEqual(
      sorted(contributes.commands.map(({ command }) => command)),
      sorted(Object.values(ids.commandIds)),
    );
  });

  it('gives every command a title in words and the common category', () => {
    for (const { title, category } of contributes.commands) {
      assert.equal(category, 'Parallel Agents');
      assert.match(title, /^[A-Z][A-Za-z ]+$/);
    }
  });

  it('names only commands that are there, in menus, welcomes and the walkthrough', () => {
    const own = new Set<string>(Object.values(ids.commandIds));
    const named = [...text.matchAll(/command:(parallelAgents\.\w+)/g)].map(([, id]) => id ?? '');
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    assert.ok(named.length > 5 && inMenus.length > 5, 'nothing was looked at');
    assert.deepEqual(
      [...named, ...inMenus].filter((id) => !own.has(id)),
      [],
    );
  });

  it('contributes the views, the colour and the walkthrough under the ids in use', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [ids.viewIds.container],
    );
    assert.deepEqual(
      contributes.views[ids.viewIds.container]?.map(({ id }) => id),
      [ids.viewIds.features],
    );
    assert.deepEqual(
      contributes.colors.map(({ id }) => id),
      Object.values(ids.colorIds),
    );
    assert.deepEqual(
      contributes.walkthroughs.map(({ id }) => id),
      [ids.walkthroughId],
    );
    assert.ok(contributes.viewsWelcome.every(({ view }) => view === ids.viewIds.features));
  });

  it('asks only for context keys that are set', () => {
    const known = new Set<string>([
      ...Object.values(ids.contextKeys),
      ...Object.values(ids.commandIds),
      ...Object.values(ids.viewIds),
    ]);
    const clauses = JSON.stringify([
      contributes.commands.map(({ enablement }) => enablement),
      Object.values(contributes.menus).flatMap((items) => items.map(({ when }) => when)),
      contributes.viewsWelcome.map(({ when }) => when),
      contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents)),
    ]);
    const asked = new Set([...clauses.matchAll(/parallelAgents\.\w+/g)].map(([key]) => key));
    assert.ok(asked.size > 5);
    assert.deepEqual(
      [...asked].filter((key) => !known.has(key)),
      [],
    );
  });

  it('contributes exactly the settings of the table', async () => {
    assert.equal(text, await withSettings(text, allSettings), '`npm run settings` brings them together');
  });

  it('offers every model there is', () => {
    const [named, full] = settings['parallelAgents.model']?.anyOf ?? [];
    assert.deepEqual(named?.enum, ['auto', ...modelAliases]);
    for (const name of ['ollama/a:7b', 'openrouter/a/b', 'a b/c', 'A/b', '/b', 'a/', 'a', 'a//b'])
      assert.equal(new RegExp(full?.pattern ?? '').test(name), isModelName(name), name);
  });

  it('describes every setting in a sentence', () => {
    for (const { markdownDescription } of Object.values(settings))
      assert.match(markdownDescription ?? '', /^[A-Z].*\.$/);
  });

  it('keeps what names a command, an endpoint or a bound of the machine out of a workspace’s hands', () => {
    const power = [
      'agentLimit',
      'commands.allow',
      'commands.env',
      'verify.shell',
      'copies.folder',
      'copies.maxGb',
      'providers',
    ];
    for (const key of power) {
      assert.equal(settings[`parallelAgents.${key}`]?.scope, 'machine', key);
    }
    assert.deepEqual(
      sorted(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations),
      sorted(Object.keys(settings)),
    );
  });

  it('starts only for a panel of before or a database of before', () => {
    assert.deepEqual(manifest.activationEvents, [
      `onWebviewPanel:${ids.dashboardViewType}`,
      `workspaceContains:${ids.databaseFile}`,
    ]);
  });

  it('names only files that are there', () => {
    const media = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ media: { svg, markdown } }) => svg ?? markdown ?? ''),
    );
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.jsonValidation.map(({ url }) => url),
      ...media,
    ];
    assert.deepEqual(
      files.filter((file) => !existsSync(path.join(repoRoot, file))),
      [],
    );
  });
});
