// Tells an event in one line for people, what failed outside with the lines that say why below it; the same words on the
// command line and in the dashboard's feed.
import { isCheckedFirst, type SkipCause } from '../features/feature';
import type { Breaker, TroubleCause } from '../guardrails/breaker';
import { describeBlockers } from '../locks/describeBlockers';
import { type AccountId, accountTitle } from '../models/accounts';
import { duration } from '../shared/duration';
import { inert } from '../shared/inert';
import { excerptOf, type LongText } from '../shared/longText';
import { describeUnread } from '../shared/unread';
import type { CheckDoubt, Event } from './event';
import type { Snapshot } from './snapshot';

/** Characters of a text from outside. */
const mostOnOneLine = 300;

/** The line for `event`, or undefined for events that are too small to tell. @param after the snapshot it led to */
export function describe(event: Event, after: Snapshot): string | undefined {
  switch (event.type) {
    case 'feature.claimed': {
      const now = after.features[event.featureId];
      const of = after.run?.settings.maxAgents ?? event.slot;
      const feature = `feature ${event.featureId} - ${oneLine(now?.spec.name ?? '')}`;
      const agent = `Agent ${event.slot}/${Math.max(of, event.slot)}`;
      if (now && isCheckedFirst(now)) return `🔎 ${agent}: Checks ${feature} as it is`;
      const wish = after.run?.settings.model ?? now?.spec.model ?? event.model;
      const { modelWhy = '', expertsWhy } = event;
      const experts = expertsWhy === undefined ? '' : `, ${oneLine(expertsWhy)}`;
      const instead = wish === event.model ? '' : ` on ${event.model} (${oneLine(modelWhy)})${experts}`;
      return `🚀 ${agent}: Started ${feature}${instead}`;
    }
    case 'feature.passed':
      return `✅ Feature ${event.featureId} completed: passing`;
    case 'feature.failed':
      return `❌ Feature ${event.featureId} failed: ${headline(event.reason)}`;
    case 'feature.retried': {
      if (event.by === 'user') return `🔁 Feature ${event.featureId} retry: asked for`;
      const most = after.run?.settings.limits.maxRetries ?? 0;
      return `🔁 Feature ${event.featureId} retry ${after.features[event.featureId]?.failures ?? 1}/${most}: ${headline(event.reason)}`;
    }
    case 'feature.skipped':
      return `⏭️ Feature ${event.featureId} skipped: ${describeSkip(event.because)}`;
    case 'feature.unconfirmed':
      return `🔎 Feature ${event.featureId} needs your check: ${headline(event.why)}`;
    case 'feature.yielded':
      if (event.cause === 'unproved')
        return `🔁 Feature ${event.featureId} is built again: ${headline(event.note)}`;
      return `↩️ Feature ${event.featureId} handed back: ${oneLine(event.note)}`;
    case 'feature.regressed':
      if (event.by === 'check') return `🔁 Feature ${event.featureId} is reopened: ${headline(event.reason)}`;
      return event.by === 'user'
        ? `🔁 Feature ${event.featureId} runs again: asked for`
        : `🔁 Feature ${event.featureId} is checked again: it passed by another check than the workspace has now`;
    case 'feature.edited': {
      const now = after.features[event.featureId];
      return now && isCheckedFirst(now)
        ? `🔁 Feature ${event.featureId} is checked again, for it was edited; where that passes, retry ${event.featureId} builds it anew`
        : undefined;
    }
    case 'feature.returned':
      return `↩️ Agent ${event.slot} goes on with feature ${event.featureId}: ${oneLine(event.why)}`;
    case 'lock.conflicted':
      return `⚔️ You saved ${oneLine(event.path)}, which agent ${event.slot} is changing for feature ${event.featureId}; yours stays`;
    case 'file.conflicted':
      return `⚔️ ${oneLine(event.path)}, feature ${event.featureId}: ${oneLine(event.why)}`;
    case 'lock.waiting':
      return `⏳ Agent ${event.slot} waits for ${oneLine(event.path)}, ${describeBlockers(event.blockers)}`;
    case 'file.denied':
      return `🚫 Agent ${event.slot} was denied a change: ${oneLine(event.why)}${
        event.others === undefined ? '' : ` The same for ${count(event.others, 'other file', 'other files')}.`
      }`;
    case 'verify.finished':
      if (event.doubt === undefined) return undefined;
      return `🔁 The check of feature ${event.featureId} is run again by itself: ${doubtText[event.doubt]}`;
    case 'limit.reached':
      return `⛔ Agent ${event.slot} reached ${event.limit} (${event.bound}) on feature ${event.featureId}`;
    case 'throttle.changed':
      return describeThrottle(event, after);
    case 'copy.incomplete':
      return `⚠️ Copy of agent ${event.slot}: ${oneLine(describeUnread(event))}`;
    case 'agent.prompted':
      return event.whyNot === undefined
        ? `📝 Agent ${event.slot} and others are told what ${oneLine(event.path)} says, in the place of our own words`
        : `⚠️ ${oneLine(event.whyNot)}`;
    case 'artifact.stored': {
      const named = event.files.slice(0, 3).map(({ path }) => oneLine(path));
      const more = event.count - named.length;
      const left = event.leftOut === undefined ? '' : `; ${event.leftOut} too large, too long or too many`;
      return `📎 Feature ${event.featureId}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} kept in ${oneLine(event.folder)}${left}`;
    }
    case 'breaker.opened':
      return withLines(`🔌 ${describeBreaker({ ...event, message: firstOf(event.message) })}`, event.message);
    case 'breaker.closed':
      return `▶️ Going on${ofAccount(event)}: ${overText[event.cause]}`;
    case 'run.paused':
      return event.stopping ? '🛑 Stopping' : '⏸️ Paused: no new features are started';
    case 'run.resumed':
      return '▶️ Resumed';
    case 'run.configured':
      return `⚙️ Agents: ${event.maxAgents}`;
    case 'recovery.done':
      return `🩹 Recovered: ${count(event.endedProcesses, 'process', 'processes')} ended, ${count(event.releasedFeatures.length, 'feature', 'features')} back in the queue${
        (event.publishedFeatures?.length ?? 0) > 0
          ? `; the files of ${count(event.publishedFeatures.length, 'feature that had passed', 'features that had passed')} put in place to the last`
          : ''
      }`;
    case 'error.occurred':
      return withLines(`⚠️ ${event.where}: ${oneLine(firstOf(event.message))}`, event.message);
    default:
      return undefined;
  }
}

/** The lines that close a run. */
export function describeEnd(after: Snapshot): readonly string[] {
  const features = Object.values(after.features);
  const only = after.run?.settings.only;
  const meant = only === undefined ? features : features.filter((f) => only.includes(f.id));
  const passing = meant.filter((f) => f.state.status === 'passing').length;
  const agents = Object.keys(after.agents).length;
  const open = meant.filter(({ state }) => state.status === 'claimed' && state.phase === 'unconfirmed');
  const [first] = open;
  return [
    `🧹 Cleaned up ${count(agents, 'completed agent', 'completed agents')}`,
    ...(first === undefined
      ? []
      : [
          `🔎 ${count(open.length, 'feature waits', 'features wait')} for your approval: diff ${first.id} to look at it, confirm ${first.id}, or reject ${first.id}${open.length > 1 ? ', and so on' : ''}`,
        ]),
    passing === meant.length
      ? '✅ All features completed!'
      : `⚠️ ${passing} of ${meant.length} features completed`,
  ];
}

/** Why nothing new is started, or nothing of one account, and what to do about it. */
export function describeBreaker(breaker: Pick<Breaker, 'account' | 'message' | 'mend'>): string {
  const { account, message, mend } = breaker;
  const who = account === undefined ? '' : ` for ${oneLine(accountTitle(account))}`;
  return `Waiting${who}: ${oneLine(message)} ${oneLine(mend)}`;
}

function ofAccount({ account }: { readonly account?: AccountId }): string {
  return account === undefined ? '' : ` with ${oneLine(accountTitle(account))}`;
}

/** Of one that goes faster again only its last step is told. */
function describeThrottle(event: Event & { type: 'throttle.changed' }, after: Snapshot): string | undefined {
  const { account, untilAt, atOnce, at } = event;
  const wait = untilAt === null ? 0 : Math.max(1_000, untilAt - at);
  if (wait === 0) return undefined;
  const asked = after.run?.settings.maxAgents ?? 0;
  const fewer = atOnce != null && atOnce < asked ? `, then ${atOnce} of ${asked} agents at a time` : '';
  const who = account === undefined ? '' : ` ${oneLine(accountTitle(account))}`;
  return `🐢 Slowing down${who} for ${duration(wait / 60_000)}${fewer}: ${oneLine(event.reason)}`;
}

export function describeSkip(because: SkipCause): string {
  return because.kind === 'user'
    ? 'by you'
    : `feature ${because.featureId}, which it depends on, did not pass`;
}

const doubtText: Readonly<Record<CheckDoubt, string>> = {
  portTaken: 'it found a port in use while other commands of this run were at work',
  packages: 'packages were installed in your own folder since its copy got them',
  neighbour: 'it may have talked to the server of another command of this run',
};

const overText: Readonly<Record<TroubleCause, string>> = {
  key: 'the service accepts the key',
  credit: 'the account has credit',
  service: 'the model service answers',
  network: 'the model service can be reached',
  clock: 'the certificate of the service holds by the clock',
  certificate: 'the certificate of the service is trusted',
  proxy: 'the proxy lets model calls through',
  spawn: 'agents can be started',
  files: 'files can be opened',
  disk: 'the disk can be written',
  stateFolder: 'the parts of .parallel-agents are its own again',
  workspace: 'the workspace can be copied',
  git: 'Git answers about the workspace',
  meeting: 'agents can reach the process that runs this folder',
  copies: 'the settings let the workspace be copied',
  agent: 'the agent works',
  editor: 'the editor answers for the model',
};

/** The first line of a reason; what follows it is output, kept for whoever opens the feature. */
function headline(reason: LongText): string {
  return oneLine(excerptOf(reason).split('\n', 1)[0] ?? '');
}

/** All of a text that fits on one line, else the first of its own. */
function firstOf(text: LongText): string {
  return fits(text) ? excerptOf(text) : (linesOf(text)[0] ?? '');
}

/** A text that would be cut on one line has its own lines below: what a command printed last says what went wrong. */
function withLines(line: string, text: LongText): string {
  return fits(text) ? line : [line, ...linesOf(text).slice(1)].join('\n   | ');
}

function linesOf(text: LongText): readonly string[] {
  return excerptOf(text)
    .split('\n')
    .map((line) => inert(line).trimEnd())
    .filter((line) => line !== '');
}

function fits(text: LongText): boolean {
  return inert(excerptOf(text)).trim().length <= mostOnOneLine;
}

/** Text from outside on one line, without control characters that could move the cursor or turn the text around. */
export function oneLine(text: LongText): string {
  return lineWithin(mostOnOneLine, text);
}

/** As `oneLine`; of one that is too long for that its first line and its end, for what a command printed last says what was wrong. */
export function endsOnOneLine(text: LongText): string {
  if (fits(text)) return oneLine(text);
  const [head, end] = [lineWithin(mostOnOneLine / 2, firstOf(text)), linesOf(text).slice(1).join(' ').trim()];
  return end === '' ? oneLine(text) : `${head} … ${end.slice(-mostOnOneLine / 2).trimStart()}`;
}

/** As `oneLine`, with as many characters as are given. */
export function lineWithin(mostChars: number, text: LongText): string {
  const flat = inert(excerptOf(text)).trim();
  return flat.length > mostChars ? `${flat.slice(0, mostChars)}…` : flat;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
