// Reads the command line into one closed union, or says what is wrong with it.
import { parseArgs } from 'node:util';
import type { Elsewhere } from '../client/elsewhere';
import { type GraphFormat, graphFormats } from '../core/graph/exportGraph';
import { isModelName, type ModelName, modelNameForms } from '../core/models/models';
import { highestAgentLimit } from '../core/settings/machineTable';
import { foreignOption, type Verb, verbs } from './help';

export type CliCommand =
  /** Of one command, where one is named. */
  | { readonly kind: 'help'; readonly verb?: Verb }
  | { readonly kind: 'version' }
  | RunCommand
  | GraphCommand
  | { readonly kind: 'status'; readonly projectDir: string; readonly json: boolean }
  | { readonly kind: 'retryAll'; readonly projectDir: string }
  | {
      readonly kind: 'retry' | 'diff' | 'confirm' | 'reject';
      readonly projectDir: string;
      readonly featureId: number;
    }
  | { readonly kind: 'stop'; readonly projectDir: string }
  | { readonly kind: 'doctor'; readonly projectDir: string; readonly fix: boolean };

export interface RunCommand {
  readonly kind: 'run';
  readonly projectDir: string;
  readonly maxAgents?: number;
  readonly featureId?: number;
  readonly withDependencies: boolean;
  readonly features?: string;
  readonly model?: ModelName;
  readonly verify?: string;
  readonly json: boolean;
  /** What to do with records that were made elsewhere. */
  readonly elsewhere: Elsewhere;
  /** Only say how long it would take. */
  readonly estimate: boolean;
}

export interface GraphCommand {
  readonly kind: 'graph';
  readonly projectDir: string;
  readonly features?: string;
  readonly format: GraphFormat;
}

/** Bad usage; the message ends with the way to the help. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseCommandLine(argv: readonly string[]): CliCommand {
  const { values, positionals } = readOptions(argv);
  const [named, ...rest] = positionals;
  const verb = verbs.find((one) => one === named);
  if (values.help) return { kind: 'help', ...given('verb', verb) };
  if (values.version) return { kind: 'version' };
  if (named === undefined) throw new UsageError('Name a command. See parallel-agents --help.');
  if (verb === undefined) throw new UsageError(`"${named}" is not a command. See parallel-agents --help.`);
  const foreign = foreignOption(verb, Object.keys(values));
  if (foreign !== undefined)
    throw new UsageError(`${verb} takes no --${foreign}. See parallel-agents ${verb} --help.`);
  const projectDir = values['project-dir'] ?? '.';
  switch (verb) {
    case 'run':
      noMore(rest);
      return {
        kind: verb,
        projectDir,
        json: values.json ?? false,
        withDependencies: values['with-dependencies'] ?? false,
        estimate: values.estimate ?? false,
        elsewhere: elsewhere(values['go-on'], values['start-over']),
        ...given(
          'maxAgents',
          number('--max-agents', values['max-agents'] ?? values.parallel, highestAgentLimit),
        ),
        ...given('featureId', number('--feature-id', values['feature-id'])),
        ...given('features', values.features),
        ...given('model', model(values.model)),
        ...given('verify', values.verify),
      };
    case 'status':
      noMore(rest);
      return { kind: verb, projectDir, json: values.json ?? false };
    case 'graph':
      noMore(rest);
      return { kind: verb, projectDir, format: format(values.format), ...given('features', values.features) };
    case 'stop':
      noMore(rest);
      return { kind: verb, projectDir };
    case 'doctor':
      noMore(rest);
      return { kind: verb, projectDir, fix: values.fix ?? false };
    case 'retry':
      if (values.all) {
        noMore(rest);
        return { kind: 'retryAll', projectDir };
      }
      return oneFeature(verb, projectDir, rest);
    case 'diff':
    case 'confirm':
    case 'reject':
      return oneFeature(verb, projectDir, rest);
    default:
      return verb satisfies never;
  }
}

function oneFeature(
  kind: 'retry' | 'diff' | 'confirm' | 'reject',
  projectDir: string,
  rest: readonly string[],
): CliCommand {
  noMore(rest.slice(1));
  const featureId = number(`${kind} ID`, rest[0]);
  if (featureId === undefined)
    throw new UsageError(`${kind} needs the id of a feature, as in: parallel-agents ${kind} 3.`);
  return { kind, projectDir, featureId };
}

function readOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        'project-dir': { type: 'string' },
        'max-agents': { type: 'string' },
        parallel: { type: 'string' },
        'feature-id': { type: 'string' },
        'with-dependencies': { type: 'boolean' },
        features: { type: 'string' },
        model: { type: 'string' },
        verify: { type: 'string' },
        json: { type: 'boolean' },
        estimate: { type: 'boolean' },
        'go-on': { type: 'boolean' },
        'start-over': { type: 'boolean' },
        format: { type: 'string' },
        fix: { type: 'boolean' },
        all: { type: 'boolean' },
        // Accepted for scripts that name it; every agent is its own process in its own copy, always.
        isolate: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : String(error)}. See parallel-agents --help.`,
    );
  }
}

function number(name: string, text: string | undefined, most = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`;
  throw new UsageError(`${name} must be a whole number ${range}, not "${text}".`);
}

function elsewhere(goOn = false, startOver = false): Elsewhere {
  if (goOn && startOver)
    throw new UsageError('--go-on and --start-over exclude each other. See parallel-agents --help.');
  return goOn ? 'goOn' : startOver ? 'startOver' : 'ask';
}

function model(name: string | undefined): ModelName | undefined {
  if (name === undefined || isModelName(name)) return name;
  throw new UsageError(`--model must be ${modelNameForms}, not "${name}".`);
}

function format(name: string | undefined): GraphFormat {
  if (name === undefined) return 'mermaid';
  const known = graphFormats.find((one) => one === name);
  if (known) return known;
  throw new UsageError(`--format must be one of ${graphFormats.join(', ')}, not "${name}".`);
}

function noMore(rest: readonly string[]): void {
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many. See parallel-agents --help.`);
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
