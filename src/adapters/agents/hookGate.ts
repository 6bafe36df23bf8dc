// The gate of an agent that runs a program before each call of a tool: the program asks here whether the call may be, and
// waits for the answer, as long as that takes.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentHook, AgentManners } from '../../core/models/agents';
import type { AgentClient } from '../../ports/externalAgents';
import { callOfHook, hookAnswer, matcherOf } from './hookCalls';
import { doorName, gatePrefix, sweepLeftGates } from './leftGates';

/** The program, and what runs it. */
export interface HookProgram {
  /** Node, or the editor's executable. */
  readonly execPath: string;
  /** The bundled `worker/hook.ts`. */
  readonly hookPath: string;
}

export interface HookGate {
  /** The agent's, with the hook in them. */
  readonly manners: AgentManners;
  /** Whoever still waits for an answer gets none, which its program takes for a refusal. */
  close(): Promise<void>;
}

/** What a call waits for is bounded by its attempt alone. Seconds. */
const longestWait = 7 * 24 * 60 * 60;
/** Of what one call may say: whole files stand in it. */
const mostBytes = 32 * 1024 * 1024;

export async function openHookGate(
  hook: AgentHook,
  manners: AgentManners,
  client: Pick<AgentClient, 'ask'>,
  program: HookProgram,
): Promise<HookGate> {
  void sweepLeftGates(tmpdir(), Date.now());
  const folder = await mkdtemp(path.join(tmpdir(), gatePrefix)); // nobody else can enter it
  const door =
    process.platform === 'win32' ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, doorName);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void answer(socket, hook, client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(door, resolve);
  });
  return {
    manners: withHook(hook, manners, commandLine(program, door)),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answer(socket: Socket, hook: AgentHook, client: Pick<AgentClient, 'ask'>): Promise<void> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    text += piece;
    if (text.length > mostBytes) break;
  }
  const call = callOfHook(hook, parsed(text));
  // It is asked of no other tools; what cannot be read is let by no gate.
  if (call) socket.end(`${hookAnswer(await client.ask(call, true))}\n`);
  else socket.destroy();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withHook(hook: AgentHook, manners: AgentManners, command: string): AgentManners {
  const run = { type: 'command', command, timeout: longestWait };
  const hooks = { PreToolUse: [{ matcher: matcherOf(hook), hooks: [run] }] };
  switch (hook) {
    case 'claude': {
      const { claudeCode, ...meta } = manners.meta ?? {};
      const { options, ...rest } = Object(claudeCode);
      return {
        ...manners,
        meta: { ...meta, claudeCode: { ...rest, options: { ...options, settings: { hooks } } } },
      };
    }
    case 'codex': {
      const { variable, value } = manners.settings ?? { variable: 'CODEX_CONFIG', value: {} };
      return { ...manners, settings: { variable, value: { ...value, hooks } } };
    }
    default:
      return hook satisfies never;
  }
}

/** For a shell. The editor's executable is told to be Node, which must not be told to what the agent runs. */
function commandLine({ execPath, hookPath }: HookProgram, door: string): string {
  if (process.platform === 'win32')
    return `set ELECTRON_RUN_AS_NODE=1&& "${execPath}" "${hookPath}" "${door}"`;
  const quoted = [execPath, hookPath, door].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `ELECTRON_RUN_AS_NODE=1 exec ${quoted.join(' ')}`;
}
