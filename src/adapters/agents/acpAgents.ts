// Speaks the Agent Client Protocol with agents of other makers: starts them, opens a session, prompts.
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import * as acp from '@agentclientprotocol/sdk';
import type { AgentManners } from '../../core/models/agents';
import type {
  AgentClient,
  AgentSession,
  AgentStart,
  AgentWhere,
  ExternalAgents,
} from '../../ports/externalAgents';
import { Failure } from '../../ports/failure';
import type { ProgramEnd, ProgramRunner, RunningProgram } from '../process/programRunner';
import { callOf, toUpdate } from './acpCalls';
import { failureOf } from './acpFailures';
import { turnOf } from './acpTurns';
import { type HookProgram, openHookGate } from './hookGate';
import { failureInLastText } from './outageText';

/** From its start to an open session: Node programs of 400 MB take seconds on a busy machine. */
const defaultOpenMs = 60_000;
/** How long it may take to go by itself once its input has ended. */
const politeMs = 1_000;
/** Of what it last printed, characters. */
const mostText = 500;

export function createAcpAgents(
  programs: ProgramRunner,
  hook: HookProgram,
  openMs = defaultOpenMs,
): ExternalAgents {
  return {
    async open(found, where, client, signal) {
      const { manners: own } = found;
      const gate = own.hook && (await openHookGate(own.hook, own, client, hook));
      const start = gate ? { ...found, manners: gate.manners } : found;
      const closeGate = () => gate?.close();
      const { env, ...place } = where.place;
      const program = await programs
        .start({ ...place, argv: start.argv, tag: where.tag, env: { ...env, ...environmentOf(start) } })
        .catch(async (error: unknown) => {
          await closeGate();
          throw error;
        });
      void program.ended.then(closeGate);
      const stop = () => void program.end(0);
      signal.addEventListener('abort', stop, { once: true });
      const letGo = () => signal.removeEventListener('abort', stop);
      if (signal.aborted) stop();
      try {
        return await openSession(start, where, client, program, { openMs, letGo });
      } catch (error) {
        letGo();
        await program.end(0);
        throw signal.aborted ? new Failure('aborted', 'stopped') : error;
      }
    },
  };
}

/** What it is given for itself, with its settings, and a password for each door that it opens. */
function environmentOf({ env, manners: { settings, passwords = [] } }: AgentStart): Record<string, string> {
  return {
    ...env,
    ...(settings && { [settings.variable]: JSON.stringify(settings.value) }),
    ...Object.fromEntries(passwords.map((name) => [name, randomBytes(24).toString('base64url')])),
  };
}

async function openSession(
  start: AgentStart,
  { place }: AgentWhere,
  client: AgentClient,
  program: RunningProgram,
  { openMs, letGo }: { readonly openMs: number; readonly letGo: () => void },
): Promise<AgentSession> {
  const { title, manners } = start;
  const stream = acp.ndJsonStream(
    Writable.toWeb(program.input) as WritableStream<Uint8Array>,
    Readable.toWeb(program.output) as ReadableStream<Uint8Array>,
  );
  /** The last piece of words of the turn, and of no call after it. */
  let last = '';
  const heard: AgentClient = {
    ...client,
    told: (update) => {
      last = update.type === 'text' ? update.text : update.type === 'call' ? '' : last;
      client.told(update);
    },
  };
  const connection = clientApp(heard, manners).connect(stream);
  const { agent } = connection;
  const gone = program.ended.then((end) => new Failure('agentGone', describeEnd(title, end)));
  /** What is asked, unless its process ends first: then nobody would ever answer. */
  async function asked<T>(question: Promise<T>): Promise<T> {
    question.catch(() => undefined); // heard below, or nobody's any more
    const first = await Promise.race([
      question.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
      gone,
    ]);
    if (first instanceof Failure) throw first;
    if ('value' in first) return first.value;
    // A connection that broke tells less than the process that it broke with.
    const end = connection.signal.aborted && (await Promise.race([gone, pause(politeMs, undefined)]));
    throw end || failureOf(first.error, start);
  }
  const opened = async (): Promise<string> => {
    const { methods } = acp;
    const hello = await asked(
      agent.request(methods.agent.initialize, {
        protocolVersion: acp.PROTOCOL_VERSION,
        clientInfo: { name: 'parallel-agents', version: '1' },
        clientCapabilities: {
          fs: { readTextFile: false, writeTextFile: manners.writesItself !== true },
          terminal: false,
        },
      }),
    );
    if (hello.protocolVersion !== acp.PROTOCOL_VERSION)
      throw new Failure(
        'noAgent',
        `${title} speaks version ${hello.protocolVersion} of the Agent Client Protocol, and we ${acp.PROTOCOL_VERSION}.`,
      );
    const { cwd } = place;
    const _meta = manners.meta && { ...manners.meta };
    const { sessionId } = await asked(
      agent.request(methods.agent.session.new, { cwd, mcpServers: [], ...(_meta && { _meta }) }),
    );
    const modeId = manners.mode;
    if (modeId !== undefined)
      await asked(agent.request(methods.agent.session.setMode, { sessionId, modeId }));
    return sessionId;
  };
  const late = pause(openMs, undefined, { ref: false }).then(() => {
    throw new Failure('noAgent', `${title} did not begin within ${Math.round(openMs / 1000)} s.`);
  });
  late.catch(() => undefined);
  let end: ProgramEnd | undefined;
  void program.ended.then((told) => {
    end = told;
  });
  const sessionId = await Promise.race([opened(), late]).catch((error: unknown) => {
    // One that does not even begin would not for any other feature, unless somebody ended it.
    const isUseless =
      Failure.is(error, 'badResponse') || (Failure.is(error, 'agentGone') && !wasKilled(end, error.message));
    throw isUseless ? new Failure('noAgent', error.message) : error;
  });
  let closed: Promise<void> | undefined;
  return {
    async prompt(text) {
      const prompt = [{ type: 'text' as const, text }];
      const { prompt: method } = acp.methods.agent.session;
      last = '';
      const turn = turnOf(await asked(agent.request(method, { sessionId, prompt })), manners);
      const failure = turn.stop === 'done' ? failureInLastText(last, start) : undefined;
      if (failure) throw failure;
      return turn;
    },
    cancel: () => void agent.notify(acp.methods.agent.session.cancel, { sessionId }).catch(() => undefined),
    close: () => {
      closed ??= (async () => {
        letGo();
        await agent.notify(acp.methods.agent.session.cancel, { sessionId }).catch(() => undefined);
        await program.end(politeMs);
        connection.close();
      })();
      return closed;
    },
  };
}

function clientApp(client: AgentClient, manners: AgentManners): acp.ClientApp {
  const { client: m } = acp.methods;
  return acp
    .client({ name: 'parallel-agents' })
    .onNotification(m.session.update, ({ params: { update } }) => {
      const told = toUpdate(update, manners);
      if (told) client.told(told);
    })
    .onRequest(m.session.requestPermission, async ({ params: { toolCall, options } }) => {
      const { isAllowed } = await client.ask(callOf(toolCall, manners), false);
      // Never "always": it would not ask again.
      const wanted = isAllowed ? ['allow_once'] : ['reject_once', 'reject_always'];
      const option = options.find(({ kind }) => wanted.includes(kind));
      return {
        outcome: option ? { outcome: 'selected', optionId: option.optionId } : { outcome: 'cancelled' },
      };
    })
    .onRequest(m.fs.writeTextFile, async ({ params: { path, content } }) => {
      if (manners.writesItself) return {}; // told though we do not offer it
      const done = await client.write(path, content);
      if (!done.ok) throw new acp.RequestError(-32000, done.error.message);
      return {};
    });
}

/** @param end absent where an adapter tells of the program behind it */
function wasKilled(end: ProgramEnd | undefined, words: string): boolean {
  if (!end) return !/exited with code/.test(words);
  return end.exitCode === null || end.exitCode > 128;
}

function describeEnd(title: string, { exitCode, errors }: ProgramEnd): string {
  const how = exitCode === null ? 'was ended by a signal' : `ended with code ${exitCode}`;
  const words = errors.trim().slice(-mostText);
  return `${title} ${how} in the midst of its work.${words === '' ? '' : ` It last said: ${words}`}`;
}
