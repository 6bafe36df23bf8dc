// Every setting, each in one entry (those by which a user gives power on their machine in `machineTable.ts`): package.json's
// configuration is generated from here (`npm run settings`), and what clients read, what goes over the wire and what the
// database holds are of these forms.
import { z } from 'zod';
import { usualSharedLocks } from '../locks/sharedPaths';
import { editorProvider, exampleModels, ownExample } from '../models/providers';
import { defaultPreset, presetTexts, usualLadder } from '../routing/presets';
import {
  choice,
  flag,
  flagIfOn,
  ifAny,
  later,
  numberOrEmpty,
  seconds,
  text,
  texts,
  wholeNumber,
} from './forms';
import { highestAgentLimit, machineTable } from './machineTable';
import { modelLadder, modelOrAuto, modelsByCategory } from './modelForms';
import { secretGlobs } from './nameForms';
import type { Setting, SettingGroup } from './setting';

const [one, another] = exampleModels;
const main = { section: 'main', scope: 'resource' } as const;
const advanced = { section: 'advanced', scope: 'resource' } as const;
const count = (least: number) => wholeNumber(least, 100_000);

/** What a run is started with. */
const run = {
  /** Judged by `machine.agentLimit` and `client.enabled` as well (`resolveSettings.ts`). */
  maxAgents: {
    key: 'maxAgents',
    form: wholeNumber(1, highestAgentLimit),
    default: 3,
    ...main,
    order: 1,
    text: 'How many agents work at the same time, 1 to 5; more only up to `#parallelAgents.agentLimit#`. Acts at once, also while agents work: with fewer, those at work finish first.',
  },
  model: {
    key: 'model',
    form: modelOrAuto,
    default: 'auto',
    ...main,
    order: 2,
    text: `What builds your features: one of the names above, \`provider/model\` with a name that the provider has for it, for instance \`${one}\`, \`${another}\` or \`${ownExample}\`, \`${editorProvider}/family\` for a model that the editor itself offers, or an agent of another maker that you have, as \`agent/claude-code\`. See \`#parallelAgents.providers#\` and \`#parallelAgents.agents#\`.`,
  },
  verifyCommand: {
    key: 'verify.command',
    form: text(100_000),
    default: '',
    ...main,
    order: 3,
    text: 'The shell command that proves a feature which names none of its own, for instance `npm test`. Only exit code 0 makes a feature `passing`.',
  },
  preset: {
    key: 'models.preset',
    form: later(choice(presetTexts)),
    default: defaultPreset,
    ...advanced,
    order: 3,
    text: 'Which models build which kind of work, where `#parallelAgents.model#` is `auto` and a feature names none. A provider without a key is passed over.',
  },
  byCategory: {
    key: 'models.byCategory',
    form: modelsByCategory,
    default: {},
    ...advanced,
    order: 3,
    text: `Models by the category of a feature, above \`#parallelAgents.models.preset#\`, for instance \`{"frontend": "opus", "testing": "${ownExample}"}\`.`,
  },
  ladder: {
    key: 'models.ladder',
    form: later(modelLadder),
    default: usualLadder,
    ...advanced,
    order: 3,
    text: 'Models from the cheapest on: for every attempt at a feature that failed, the next one is made by a model one rung higher. A model that the run or the feature names stays. An empty list: no model ever changes.',
  },
  /** Globs of files that are secrets beside those that are for the host's user. */
  secretFiles: { ...machineTable.secretFiles, form: ifAny(secretGlobs('workspace')), of: 'workspace' },
  /** Globs of files that several attempts may change at once. */
  sharedLocks: {
    key: 'locks.shared',
    form: later(texts(true)),
    default: usualSharedLocks,
    ...advanced,
    order: 5,
    text: 'Files that agents may change at once, each in its copy, instead of one holding them: lockfiles, changelogs, files that only gather exports. Globs; a name without a slash counts in every folder. What several change is merged by lines as each passes.',
  },
  checksAtOnce: {
    key: 'verify.parallel',
    form: numberOrEmpty(1, highestAgentLimit, 'the number of cores'), // each agent has one check at most
    default: null,
    ...advanced,
    order: 17,
    text: 'How many checks run at the same time. Empty: as many as this machine has cores. A check that has to wait says so, and its wait counts against no time limit. See also `#parallelAgents.verify.exclusive#`.',
  },
  exclusiveChecks: {
    key: 'verify.exclusive',
    form: flagIfOn(),
    default: false,
    ...advanced,
    order: 18,
    text: 'Checks, and the commands that agents run for themselves, run one at a time. For projects whose checks share a database, a port or a browser profile. Where only some features do, name it in their `resources` instead.',
  },
  copyExclude: {
    key: 'copies.exclude',
    form: ifAny(texts()),
    default: [],
    ...advanced,
    order: 19,
    text: "What of the project agents' copies do not have, in the words of a `.gitignore`: for what is large and no check needs, as `data/` or `*.ckpt`. Agents cannot change it.",
  },
  copySetUp: {
    key: 'copies.setup',
    form: text(10_000),
    default: '',
    ...advanced,
    order: 19,
    text: "A command that is run in an agent's copy when that was made anew, and again where a lockfile has changed, before the next command or check: `npm ci`, for instance, together with `node_modules` in `#parallelAgents.copies.exclude#`. What it leaves in excluded folders stays for later attempts as long as nobody touches it; what it changes of the project is put back.",
  },
  reattachGraceMs: {
    key: 'reattachGrace',
    form: seconds(z.number().min(0)),
    default: 60,
    ...advanced,
    order: 20,
    text: 'Seconds that agents go on when the window is gone, waiting for it or another to come back.',
  },
} as const satisfies SettingGroup;

/** What an attempt and a run are held to: `limits` of what a run is started with. */
const limits = {
  maxRetries: {
    key: 'limits.max_retries',
    form: count(0),
    default: 3,
    ...advanced,
    order: 10,
    text: 'How often a feature is tried again after a failed attempt.',
  },
  maxFileEdits: {
    key: 'limits.max_file_edits',
    form: count(1),
    default: 50,
    ...advanced,
    order: 11,
    text: 'Files that one attempt may change: by every edit of its agent, and by every command each file that the command changed.',
  },
  maxBashCommands: {
    key: 'limits.max_bash_commands',
    form: count(1),
    default: 100,
    ...advanced,
    order: 12,
    text: 'Commands run in one attempt.',
  },
  maxActions: {
    key: 'limits.max_actions',
    form: count(1),
    default: 100,
    ...advanced,
    order: 13,
    text: 'Tool calls of any kind in one attempt.',
  },
  maxSessionMs: {
    key: 'limits.max_session_duration',
    form: seconds(),
    default: 3600,
    ...advanced,
    order: 14,
    text: 'Seconds that one attempt may take, whatever the model.',
  },
  commandMs: {
    key: 'limits.command_timeout',
    form: seconds(),
    default: 60,
    ...advanced,
    order: 15,
    text: 'Seconds that one command of an agent may take.',
  },
  verifyMs: {
    key: 'limits.verify_timeout',
    form: seconds(),
    default: 600,
    ...advanced,
    order: 16,
    text: 'Seconds that one check may take.',
  },
} as const satisfies SettingGroup;

/** What a client acts on by itself. */
const face = {
  enabled: {
    key: 'enabled',
    form: flag(),
    default: true,
    ...advanced,
    order: 1,
    text: 'Let agents work in parallel. When off, one works at a time; the results are the same.',
  },
} as const satisfies SettingGroup;

export const settingsTable = { run, limits, machine: machineTable, face };

/** Both of `secrets.files` are one setting. */
export const allSettings: readonly Setting[] = Object.values(settingsTable).flatMap((group) =>
  Object.values<Setting>(group),
);
