// What a tool is: what people see while it runs, and how it answers. What the model is told of it is its declaration's.
import type { Trouble } from '../../core/guardrails/breaker';
import { parseWorkspacePath, type WorkspacePath } from '../../core/locks/lockPath';
import { ok, type Refusal, type Result } from '../../core/shared/result';
import { readInput, schemaOf } from '../../core/tools/inputForms';
import { type ToolInput, type ToolName, toolTable } from '../../core/tools/toolTable';
import type { Assignment, Coordinator, GiveUp, SubmitVerdict } from '../../ports/coordinator';
import type { CopyFiles } from '../../ports/copyFiles';
import type { ToolSpec } from '../../ports/models';
import type { CommandRunner } from '../../ports/workers';

/** A tool as the loop uses it: the input still unread. */
export interface Tool {
  readonly spec: ToolSpec;
  prepare(input: unknown): Result<PreparedCall, string>;
}

/** The tool that is declared by the name `N`. */
export type CodingTool<N extends ToolName> = Tool & { readonly spec: { readonly name: N } };

/** A call whose input was good. */
export interface PreparedCall {
  /** What people read while it runs: `editing src/app.js`. */
  readonly step: string;
  /** The path or command it is about. */
  readonly target?: string;
  /** How far the agent says it is, 0-100. */
  readonly percent?: number;
  /** Runs the call; a thrown `Failure` of the outside is the loop's to tell the model. */
  run(context: ToolContext): Promise<ToolAnswer>;
}

export interface ToolContext {
  readonly assignment: Assignment;
  readonly coordinator: Coordinator;
  readonly files: CopyFiles;
  readonly commands: CommandRunner;
  /** By path, the hash of the content the model last saw, so that it never writes over what it has not seen. */
  readonly shown: Map<WorkspacePath, string>;
  readonly signal: AbortSignal;
}

export type ToolAnswer =
  /** `summary` is for people, one short line; `text` for the model. */
  | { readonly kind: 'done'; readonly text: string; readonly summary: string }
  | { readonly kind: 'failed'; readonly text: string; readonly summary: string }
  /** The agent's last word; the loop carries it out. */
  | { readonly kind: 'end'; readonly ending: AgentEnding };

export type AgentEnding =
  | { readonly kind: 'finish'; readonly summary: string }
  | { readonly kind: 'giveUp'; readonly reason: string; readonly more?: GiveUp }
  /** A trouble that would meet any other agent too. */
  | { readonly kind: 'handBack'; readonly trouble: Trouble }
  /** The hub has ended the attempt; nothing is left to say to it. */
  | { readonly kind: 'over'; readonly why: string };

/** How an agent's work ended. */
export type AgentOutcome =
  | { readonly kind: 'submitted'; readonly verdict: Exclude<SubmitVerdict, { kind: 'returned' }> }
  | { readonly kind: 'gaveUp'; readonly reason: string }
  | { readonly kind: 'over'; readonly why: string };

/** How a declared tool does its work. */
export interface ToolDefinition<N extends ToolName> {
  step(input: ToolInput<N>): string;
  target?(input: ToolInput<N>): string;
  percent?(input: ToolInput<N>): number | undefined;
  run(input: ToolInput<N>, context: ToolContext): Promise<ToolAnswer>;
}

export function defineTool<N extends ToolName>(name: N, tool: ToolDefinition<N>): CodingTool<N> {
  const { description, input: form } = toolTable[name];
  return {
    spec: { name, description, inputSchema: schemaOf(form) },
    prepare(raw) {
      const input = readInput(form, raw);
      if (!input.ok) return input;
      const { value } = input;
      return ok({
        step: tool.step(value),
        target: tool.target?.(value),
        percent: tool.percent?.(value),
        run: (context) => tool.run(value, context),
      });
    },
  };
}

export function done(text: string, summary: string): ToolAnswer {
  return { kind: 'done', text, summary };
}

export function failed(text: string, summary = firstLine(text)): ToolAnswer {
  return { kind: 'failed', text, summary };
}

/** A refusal as the tool's answer: most are for the model to react to, some mean that the attempt is over. */
export function refused({ code, message }: Refusal): ToolAnswer {
  switch (code) {
    case 'wouldDeadlock':
    case 'staleFence':
    case 'stopped':
    case 'notRunning':
      return { kind: 'end', ending: { kind: 'over', why: message } };
    default:
      return failed(message);
  }
}

/** The folder a tool is to look through: the whole copy when none is named. */
export async function folderAsked(
  folder: string | undefined,
  files: CopyFiles,
): Promise<Result<WorkspacePath | ''>> {
  const plain = folder?.trim() ?? '';
  return ['', '.', './'].includes(plain) ? ok('') : pathAsked(plain, files);
}

/** The path that a model means: of what is there the name that it has, which agents would not be let give, else the canonical one. */
export async function pathAsked(asked: string, files: CopyFiles): Promise<Result<WorkspacePath>> {
  const path = parseWorkspacePath(asked);
  if (path.ok && path.value === asked && /^[ -~]*$/.test(asked)) return path; // there is one way to write it
  const found = await files.found(asked);
  return found === undefined ? path : ok(found);
}

export function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
