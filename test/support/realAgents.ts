// The real programs of other makers' agents, where this machine has them, and a user of theirs whose models are one fake
// service on this machine.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Asked, type Plays, playing } from './agentDialects';
import { userWith } from './cli';
import { scratchFolder } from './externalProject';
import { type FakeAnswer, startFakeMessagesApi } from './fakeMessagesApi';
import { repoRoot } from './repoRoot';
import { type SmallProject, writeProject } from './smallProject';

/** `node scripts/realAgents.mjs FOLDER` brings them there; no part of this project, and hundreds of megabytes. */
const folder = process.env.PARALLEL_AGENTS_TEST_AGENTS;

export type RealAgent = 'claude-code' | 'codex' | 'opencode' | 'gemini';

const programs: { readonly [A in RealAgent]: readonly string[] } = {
  'claude-code': ['claude', 'claude-agent-acp'],
  codex: ['codex', 'codex-acp'],
  opencode: ['opencode'],
  gemini: ['gemini'],
};

/** Folders of programs in `folder`, one for each package. */
const bins =
  folder === undefined || !existsSync(folder)
    ? []
    : readdirSync(folder).map((name) => path.join(folder, name, 'node_modules', '.bin'));

/** Skips what the running test or suite is about, with the reason, where its agents cannot be had. */
export function needs(agents: readonly RealAgent[], test: { skip(): void }): void {
  const missing = agents
    .flatMap((agent) => programs[agent])
    .find((name) => !bins.some((bin) => existsSync(path.join(bin, name))));
  if (missing === undefined) return;
  const why =
    folder === undefined
      ? 'PARALLEL_AGENTS_TEST_AGENTS names no folder with the programs'
      : `there is no ${missing} in ${folder}`;
  console.log(`    (skipped: ${why} of ${agents.join(', ')}; scripts/realAgents.mjs brings them)`);
  test.skip();
}

type CleanUp = { push(end: () => unknown): unknown };

interface Further {
  readonly onAsked?: (asked: Asked) => unknown;
  readonly instead?: (asked: Asked) => FakeAnswer | undefined;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A project, and somebody who has all these agents, with keys for the fake service and settings of their own for it. */
export async function realProject(
  cleanUp: CleanUp,
  small: Omit<SmallProject, 'script'> & Partial<SmallProject>,
  plays: Plays,
  { onAsked, instead, settings = {} }: Further = {},
) {
  const home = await scratchFolder(cleanUp);
  const { dir, remove } = await writeProject({ script: {}, ...small });
  cleanUp.push(remove);
  const api = await startFakeMessagesApi(playing(plays, onAsked, instead));
  cleanUp.push(() => api.close());
  const node = path.join(repoRoot, 'node_modules', 'node', 'bin'); // newer than the oldest that we are for
  const user = userWith({
    'limits.max_retries': 0,
    agents: { opencode: { variables: Object.keys(offline) } },
    ...settings,
  });
  await writeHome(home, user.XDG_CONFIG_HOME ?? '', api.baseUrl);
  const env = {
    ...user,
    ...offline,
    HOME: home,
    TMPDIR: home,
    PATH: [...bins, node, process.env.PATH].join(path.delimiter),
    ANTHROPIC_BASE_URL: api.baseUrl,
    ANTHROPIC_API_KEY: 'sk-fake-0123456789',
    OPENAI_API_KEY: 'sk-fake-openai-0123456789',
    GEMINI_API_KEY: 'fake-gemini-0123456789',
    GOOGLE_GEMINI_BASE_URL: api.baseUrl,
    GEMINI_MODEL: 'gemini-2.5-flash', // else it asks which to take
  };
  return { dir, home, api, env, args: ['run', '--project-dir', dir, '--json'] };
}

/** It would wait for what this machine does not reach. */
const offline = { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_DEFAULT_PLUGINS: '1' };

async function writeHome(home: string, configHome: string, baseUrl: string): Promise<void> {
  const files = {
    '.codex/config.toml': [
      'model = "gpt-5.5"',
      'model_provider = "fake"',
      '[model_providers.fake]',
      'name = "Fake"',
      `base_url = "${baseUrl}/v1"`,
      'wire_api = "responses"',
      'env_key = "OPENAI_API_KEY"',
      'request_max_retries = 0',
      'stream_max_retries = 0',
      '',
    ].join('\n'),
    [path.join(configHome, 'opencode/opencode.json')]: JSON.stringify({
      model: 'fake/m1',
      small_model: 'fake/m1',
      provider: {
        fake: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Fake',
          options: { baseURL: `${baseUrl}/v1`, apiKey: 'sk-fake-opencode' },
          models: {
            m1: { name: 'M1', limit: { context: 100_000, output: 8_000 }, cost: { input: 3, output: 15 } },
          },
        },
      },
    }),
    '.gemini/settings.json': JSON.stringify({
      telemetry: { enabled: false },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
      security: { auth: { selectedType: 'gemini-api-key' } },
    }),
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.resolve(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
