// Everything an agent meets outside itself, in memory, written down line by line as it happens.
import { createHash } from 'node:crypto';
import { createModelAgent } from '../../src/agent/agentLoop';
import type { AgentOutcome, ToolAnswer, ToolContext } from '../../src/agent/tools/tool';
import { codingTools } from '../../src/agent/tools/toolSet';
import type { BudgetAnswer } from '../../src/core/guardrails/budget';
import { Redactor } from '../../src/core/guardrails/redactor';
import { defaultLimits } from '../../src/core/settings/runSettings';
import { ok, refuse } from '../../src/core/shared/result';
import type { Assignment, Coordinator, SubmitVerdict } from '../../src/ports/coordinator';
import type { CopyFiles } from '../../src/ports/copyFiles';
import { Failure } from '../../src/ports/failure';
import type {
  AssistantBlock,
  ModelProvider,
  StopReason,
  TurnRequest,
  UserBlock,
} from '../../src/ports/models';
import type { Clock } from '../../src/ports/system';
import type { CommandResult, CommandRunner } from '../../src/ports/workers';

export const assignment: Assignment = {
  slot: 1,
  featureId: 4,
  attempt: 1,
  fence: 9,
  name: 'Login page',
  description: 'A page with a form.',
  category: 'frontend',
  experts: { roles: [], checklists: [] },
  declaredFiles: ['src/login.js'],
  verifyCommand: 'npm test',
  allowedCommands: ['npm test', 'npm run lint'],
  secretFiles: [],
  model: 'sonnet',
  limits: defaultLimits,
  copyDir: '/copy',
  reattachGraceMs: 60_000,
  tag: 'tag',
};

export interface ScriptedTurn {
  readonly content: readonly AssistantBlock[];
  readonly stop?: StopReason;
}

export interface AgentWorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  /** What the model does when asked; after the last entry the test has gone wrong. A function acts when it is reached. */
  readonly turns?: readonly (ScriptedTurn | Failure | (() => ScriptedTurn | Failure))[];
  /** Returns instead of the coordinator's own. */
  readonly answers?: Partial<Coordinator>;
  /** What it is told of its copy. */
  readonly ready?: Awaited<ReturnType<Coordinator['copyReady']>>;
  /** A file that agents change at once. */
  readonly shared?: string;
  /** Answers of `toolBegin`, in order; `go` after the last. */
  readonly budget?: readonly BudgetAnswer[];
  /** Of each time that the work is handed in; the last goes for all after it. */
  readonly verdicts?: readonly SubmitVerdict[];
  readonly command?: CommandResult | Failure;
}

export interface AgentWorld {
  /** What happened, in order. */
  readonly transcript: string[];
  /** What went to the live log, in one piece. */
  log(): string;
  readonly requests: TurnRequest[];
  readonly context: ToolContext;
  readonly stop: AbortController;
  /** Lets time pass. */
  pass(ms: number): void;
  /** Changes a file as the workspace has it, without the agent's doing. */
  put(path: string, text: string): void;
  /** @param about what is another than in `assignment` */
  run(about?: Partial<Assignment>): Promise<AgentOutcome>;
  /** Runs one tool outside a loop; a wrong input is an error of the test. */
  use(tool: string, input: unknown): Promise<ToolAnswer>;
}

export function createAgentWorld(options: AgentWorldOptions = {}): AgentWorld {
  const { turns = [], answers = {}, budget = [], verdicts = [{ kind: 'passing' }] } = options;
  const files = new Map(Object.entries(options.files ?? {}));
  const transcript: string[] = [];
  const requests: TurnRequest[] = [];
  const logged: string[] = [];
  const stop = new AbortController();
  let ticks = 0;
  let handedIn = 0;
  const say = (line: string) => void transcript.push(line);

  const recording: Coordinator = {
    modelPermit: async () => say('permit'),
    modelCalled: async ({ usage, durationMs }) => say(`called in=${usage.inputTokens} ${durationMs}ms`),
    modelBegun: () => say('model begins'),
    modelLimited: async ({ reason, retryAfterMs, trouble }) =>
      say(
        `limited ${reason}${retryAfterMs ? ` ${retryAfterMs}ms` : ''}${trouble ? ` until ${trouble.cause} is over` : ''}`,
      ),
    toolBegin: async ({ tool, target }) => {
      const answer = budget[transcript.filter((line) => line.startsWith('begin')).length] ?? { kind: 'go' };
      say(`begin ${tool}${target ? ` ${target}` : ''}: ${answer.kind}`);
      return answer;
    },
    toolEnd: async ({ tool, ok: isOk, summary, durationMs }) =>
      say(`end ${tool} ${isOk ? 'ok' : 'failed'}: ${summary} ${durationMs}ms`),
    copyReady: async () => options.ready ?? { withheld: [] },
    lockFile: async ({ path, wait = true }) => {
      say(`lock ${path}${wait ? '' : ' if it is free'}`);
      const shared = path === options.shared ? ({ shared: true } as const) : {};
      return ok({ path, fresh: true, waitedMs: 0, ...shared });
    },
    releaseFile: async ({ path }) => {
      say(`release ${path}`);
      return ok(path);
    },
    writeFile: async ({ path, baseHash, content }) => {
      say(`write ${path} on ${baseHash === null ? 'nothing' : 'a base'}: ${JSON.stringify(content)}`);
      const current = files.get(path);
      if ((current === undefined ? null : hashOf(current)) !== baseHash) {
        return refuse('changedOnDisk', `${path} has changed on disk.`);
      }
      if (content === null) files.delete(path);
      else files.set(path, content);
      return ok({ hash: content === null ? null : hashOf(content) });
    },
    moveFile: async ({ from, to, baseHash }) => {
      say(`move ${from} to ${to}`);
      files.set(to, files.get(from) ?? '');
      files.delete(from);
      return ok({ hash: baseHash });
    },
    commandBegin: async ({ command }) => {
      say(`command ${command}`);
      return ok({ place: { cwd: '/copy', env: {} }, timeoutMs: 60_000, shell: 'sh' });
    },
    commandEnd: async ({ printed: output }) => {
      say('command ended');
      return { output, kept: [], dropped: [], contested: [] };
    },
    agentPlace: async () => ({ cwd: '/copy', env: {} }),
    takeChanges: async () => {
      say('changes taken');
      return { kept: [], dropped: [], contested: [] };
    },
    progress: async ({ status, step, progress }) =>
      say(`${status}: ${step}${progress === undefined ? '' : ` ${progress}%`}`),
    log: (text) => void logged.push(text),
    submit: async ({ summary }) => {
      say(`submit ${summary}`);
      handedIn += 1;
      return verdicts[Math.min(handedIn, verdicts.length) - 1] ?? { kind: 'passing' };
    },
    handBack: async ({ cause, message }) => say(`hand back (${cause}): ${message}`),
    lost: async ({ note }) => say(`lost: ${note}`),
    giveUp: async ({ reason, by, final }) =>
      say(`give up${by ? ` by ${by}` : ''}${final ? ' for good' : ''}: ${reason}`),
  };
  const coordinator: Coordinator = { ...recording, ...answers };

  const provider: ModelProvider = {
    async *runTurn(request, signal) {
      for (const block of request.messages.at(-1)?.content ?? []) say(`model hears ${heard(block)}`);
      const next = turns[requests.push(request) - 1];
      const turn = typeof next === 'function' ? next() : next;
      if (signal.aborted) throw new Failure('aborted', 'stopped');
      if (turn === undefined) throw new Error('the script has no such turn');
      if (turn instanceof Failure) throw turn;
      for (const block of turn.content) if (block.type === 'text') yield { type: 'text', text: block.text };
      const usage = {
        inputTokens: requests.length,
        outputTokens: 1,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
      };
      const stopped = turn.content.some(({ type }) => type === 'toolCall') ? 'toolCalls' : 'done';
      yield { type: 'turn', content: turn.content, stop: turn.stop ?? stopped, usage };
    },
  };

  const commands: CommandRunner = {
    async run({ command, cwd, onOutput }) {
      say(`run ${command} in ${cwd}`);
      const { command: result = finished(0, '') } = options;
      if (result instanceof Failure) throw result;
      onOutput?.(result.outputTail);
      return result;
    },
  };

  const clock: Clock = {
    now: () => 0,
    monotonic: () => ticks++,
    after: () => () => {},
    giveWay: async () => {},
  };
  const copy = memoryFiles(files);
  const context: ToolContext = {
    assignment,
    coordinator,
    files: copy,
    commands,
    shown: new Map(),
    signal: stop.signal,
  };
  return {
    transcript,
    log: () => logged.join(''),
    requests,
    context,
    stop,
    pass: (ms) => {
      ticks += ms;
    },
    put: (path, text) => void files.set(path, text),
    run: (about) =>
      createModelAgent({ coordinator, provider, files: copy, commands, clock, redactor: new Redactor() })(
        { ...assignment, ...about },
        stop.signal,
      ),
    async use(name, input) {
      const prepared = codingTools.find(({ spec }) => spec.name === name)?.prepare(input);
      if (!prepared?.ok) throw new Error(prepared?.error ?? `no tool ${name}`);
      return prepared.value.run(context);
    },
  };
}

/** A turn that says `words`, if any, and calls the tools of `calls` in order. */
export function turn(
  words: string,
  ...calls: readonly (readonly [tool: string, input: unknown])[]
): ScriptedTurn {
  const text: AssistantBlock[] = words === '' ? [] : [{ type: 'text', text: words }];
  return {
    content: [
      ...text,
      ...calls.map(([name, input], at) => ({ type: 'toolCall' as const, id: `c${at}`, name, input })),
    ],
  };
}

export function finished(
  exitCode: number | null,
  outputTail: string,
  more: Partial<CommandResult> = {},
): CommandResult {
  const outputBytes = outputTail.length;
  return { exitCode, timedOut: false, aborted: false, durationMs: 1500, outputTail, outputBytes, ...more };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function memoryFiles(files: ReadonlyMap<string, string>): CopyFiles {
  const below = (folder: string) =>
    [...files.keys()].filter((path) => folder === '' || path.startsWith(`${folder}/`)).sort();
  return {
    found: async (asked) =>
      [...files.keys()].find((path) => path.normalize('NFC') === asked.normalize('NFC')),
    async read(path) {
      const text = files.get(path);
      return ok(text === undefined ? null : { text, hash: hashOf(text) });
    },
    list: async (folder) => ok({ paths: below(folder), partial: false, shut: [] }),
    async search({ text, folder, maxMatches }) {
      const matches = below(folder).flatMap((path) =>
        (files.get(path) ?? '')
          .split('\n')
          .flatMap((line, at) => (line.includes(text) ? [{ path, line: at + 1, text: line }] : [])),
      );
      return ok({
        matches: matches.slice(0, maxMatches),
        partial: matches.length > maxMatches,
        shut: [],
        tooLarge: below(folder).filter((path) => (files.get(path)?.length ?? 0) > 1024 * 1024),
      });
    },
  };
}

/** The assignment itself has its own tests. */
function heard(block: UserBlock | AssistantBlock): string {
  switch (block.type) {
    case 'text':
      return block.text.startsWith('# Feature') ? 'its assignment' : block.text;
    case 'toolResult':
      return `${block.isError ? 'error ' : ''}${block.callId}: ${block.content}`;
    default:
      return block.type;
  }
}
