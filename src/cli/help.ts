// What each command does, and which options it takes.
import { graphFormats } from '../core/graph/exportGraph';
import { modelNameForms } from '../core/models/models';

export const verbs = [
  'run',
  'status',
  'retry',
  'diff',
  'confirm',
  'reject',
  'graph',
  'stop',
  'doctor',
] as const;
export type Verb = (typeof verbs)[number];

/** In the order of the general page; `confirm` and `reject` are told of together. */
const pages: { readonly [V in Exclude<Verb, 'reject'>]: string } = {
  run: `  parallel-agents run --project-dir DIR [options]   build what is in DIR/features.json
      --max-agents N        agents at the same time (also --parallel N; default 3)
      --feature-id ID       only this feature
      --with-dependencies   and what it needs
      --features FILE       another backlog in DIR
      --model MODEL         for every feature: ${modelNameForms}
      --verify CMD          the check of features that name none
      --json                events, one a line, instead of text
      --go-on               with records made elsewhere: go on, with your settings
      --start-over          with records made elsewhere: keep them aside, begin anew
      --estimate            start nothing: say how long it would take, and why
`,
  status: `  parallel-agents status [--json]                   where every feature stands
`,
  retry: `  parallel-agents retry ID | retry --all             queue a failed feature again, or all that failed
`,
  diff: `  parallel-agents diff ID                           the changes that wait for your approval
`,
  confirm: `  parallel-agents confirm ID | reject ID            your approval or no to them
`,
  graph: `  parallel-agents graph [--format FORMAT]           what needs what, as ${graphFormats.join(', ')}
      --features FILE       of another backlog
`,
  stop: `  parallel-agents stop                              end the run; unfinished work is given up
`,
  doctor: `  parallel-agents doctor [--fix]                    where agents' copies lie, how large they are, and what
                                                    commands see; --fix removes those nobody works in
`,
};

const forAll = `
All take --project-dir DIR; without it, the current folder is meant.
Exit code: 0 all that was meant passes, 1 some of it does not or the run could not go on, 2 bad input,
130 or 143 left at Ctrl+C or SIGTERM before all had ended.
`;

const taken: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  run: [
    'max-agents',
    'parallel',
    'feature-id',
    'with-dependencies',
    'features',
    'model',
    'verify',
    'json',
    'estimate',
    'go-on',
    'start-over',
    'isolate',
  ],
  status: ['json'],
  graph: ['format', 'features'],
  doctor: ['fix'],
  retry: ['all'],
};

/** Of one command, or of all. */
export function helpPage(verb: Verb | undefined): string {
  if (verb !== undefined) return pages[verb === 'reject' ? 'confirm' : verb] + forAll;
  const title = 'parallel-agents: several coding agents build your backlog at once\n\n';
  return title + Object.values(pages).join('') + forAll;
}

/** The first of these that the command does not know. */
export function foreignOption(verb: Verb, options: readonly string[]): string | undefined {
  const known = ['project-dir', 'help', 'version', ...(taken[verb] ?? [])];
  return options.find((option) => !known.includes(option));
}
