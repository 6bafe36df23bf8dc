// One card for each agent: its number, feature, model, status, step and spend, and what it says, live.
import { oneLine } from '../../src/core/events/describe';
import type { AgentStatus } from '../../src/core/events/event';
import type { Agent } from '../../src/core/events/snapshot';
import type { Slot } from '../../src/core/shared/ids';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import type { Part } from './controls';
import { element, icon, setText } from './element';
import { costText, formatTokens } from './figures';
import type { Output, PageContent } from './store';
import { createButton } from './ui';

export interface AgentCardsOptions {
  readonly isCompact: boolean;
  readonly onCompact: (isCompact: boolean) => void;
  readonly post: (message: FromWebview) => void;
}

export function createAgentCards({ isCompact, onCompact, post }: AgentCardsOptions): Part {
  const grid = element('div', { class: 'cards' });
  const heading = element('h2', { text: 'Agents', attributes: { id: 'agents-heading' } });
  const toggle = createButton({
    label: '',
    onClick: () => {
      const next = node.classList.toggle('compact');
      showToggle(next);
      onCompact(next);
    },
  });
  const showToggle = (compact: boolean) => toggle.setLabel(compact ? 'Show Logs' : 'Hide Logs');
  const node = element('section', { attributes: { 'aria-labelledby': 'agents-heading' } }, [
    element('div', { class: 'heading' }, [heading, toggle.node]),
    grid,
  ]);
  node.classList.toggle('compact', isCompact);
  showToggle(isCompact);
  const cards = new Map<Slot, Card>();
  return {
    node,
    update({ snapshot, outputs }: PageContent) {
      const agents = Object.values(snapshot.agents);
      node.hidden = agents.length === 0;
      for (const [slot, card] of cards) {
        if (snapshot.agents[slot]) continue;
        card.node.remove();
        cards.delete(slot);
      }
      for (const agent of agents) {
        let card = cards.get(agent.slot);
        if (!card) {
          card = createCard(agent.slot, post);
          cards.set(agent.slot, card);
          grid.append(card.node);
        }
        const name = snapshot.features[agent.featureId]?.spec.name ?? `feature ${agent.featureId}`;
        card.update(agent, name, outputs[agent.slot]);
      }
    },
  };
}

interface Card {
  readonly node: HTMLElement;
  update(agent: Agent, featureName: string, output: Output | undefined): void;
}

function createCard(slot: Slot, post: (message: FromWebview) => void): Card {
  let featureId = 0;
  const title = element('h3', { text: `Agent ${slot}` });
  const statusIcon = icon('circle-large-outline');
  const statusText = element('span');
  const status = element('span', { class: 'status' }, [statusIcon, statusText]);
  const feature = element('button', { class: 'feature-link', attributes: { type: 'button' } });
  feature.addEventListener('click', () => post({ type: 'openFeature', featureId }));
  const step = element('p', { class: 'step' });
  const progress = element('progress', {
    attributes: { max: '100', 'aria-label': `Progress of agent ${slot}` },
  });
  const model = element('span', { class: 'figure' });
  const attempt = element('span', { class: 'figure' });
  const spend = element('span', { class: 'figure' });
  const log = element('pre', {
    class: 'log',
    attributes: { tabindex: '0', role: 'region', 'aria-label': `Log of agent ${slot}` },
  });
  const figures = element('p', { class: 'figures' }, [model, attempt, spend]);
  const node = element('article', { class: 'card', attributes: { 'aria-label': `Agent ${slot}` } }, [
    element('header', {}, [title, status]),
    feature,
    step,
    progress,
    figures,
    log,
  ]);
  return {
    node,
    update(agent, featureName, output) {
      featureId = agent.featureId;
      const look = lookOf(agent);
      node.dataset.status = look.key;
      statusIcon.className = `codicon codicon-${look.icon}`;
      setText(statusText, look.label);
      setText(feature, oneLine(featureName));
      feature.title = `Show feature ${agent.featureId} in the backlog`;
      setText(step, oneLine(agent.step));
      step.title = step.textContent; // a long one is cut
      progress.classList.toggle('unknown', agent.progress === undefined || agent.status === 'ended');
      if (agent.progress !== undefined) progress.value = agent.progress;
      setText(model, oneLine(agent.model === 'offline' ? 'offline model' : agent.model));
      model.title = [agent.modelWhy, agent.expertsWhy]
        .flatMap((why) => (why ? [oneLine(why)] : []))
        .join('\n');
      setText(attempt, `attempt ${agent.attempt}`);
      setText(spend, spendOf(agent));
      setLog(log, output?.fence === agent.fence ? output.text : '');
    },
  };
}

const looks: Readonly<
  Record<Exclude<AgentStatus, 'ended'>, { readonly icon: string; readonly label: string }>
> = {
  starting: { icon: 'loading', label: 'starting' },
  running: { icon: 'sync', label: 'running' },
  waiting: { icon: 'clockface', label: 'waiting' },
  verifying: { icon: 'beaker', label: 'verifying' },
  draining: { icon: 'debug-step-out', label: 'finishing' },
};

function lookOf({ status, end }: Agent): {
  readonly key: string;
  readonly icon: string;
  readonly label: string;
} {
  if (status !== 'ended') return { key: status, ...looks[status] };
  if (end === 'done') return { key: 'ended', icon: 'check', label: 'done' };
  return { key: 'ended', icon: 'circle-slash', label: end === undefined ? 'ended' : endings[end] };
}

const endings = {
  done: 'done',
  yielded: 'handed back',
  stopped: 'stopped',
  limit: 'reached a limit',
  lost: 'lost',
  recovered: 'recovered',
} as const;

function spendOf(agent: Agent): string {
  const { model, inputTokens, outputTokens } = agent;
  const tokens = formatTokens(inputTokens + outputTokens);
  if (inputTokens + outputTokens === 0) return '';
  return model === 'offline' ? tokens : `${costText(agent)} · ${tokens}`;
}

/** Follows the end of the log, unless the reader has scrolled up in it. */
function setLog(log: HTMLElement, text: string): void {
  const shown = text === '' ? 'Nothing said yet.' : text.trim().replace(/\n{3,}/g, '\n\n');
  if (log.textContent === shown) return;
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  log.textContent = shown;
  log.classList.toggle('empty', text === '');
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}
