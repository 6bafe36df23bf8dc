// The row at the top: how many agents, start, pause, resume and stop, and which model they speak to.
import { describeSlow, openBreakers } from '../../src/core/events/accounts';
import { describeBreaker } from '../../src/core/events/describe';
import type { FromWebview } from '../../src/protocol/webviewMessages';
import { element, setText } from './element';
import { createForecastLine } from './forecastLine';
import { emptyContent, type PageContent } from './store';
import { createButton } from './ui';

export interface Part {
  readonly node: HTMLElement;
  update(content: PageContent): void;
}

export function createControls(post: (message: FromWebview) => void): Part {
  const slider = element('input', {
    attributes: { type: 'range', id: 'agents', min: '1', step: '1', 'aria-describedby': 'forecast' },
  });
  const value = element('output', { class: 'value', attributes: { for: 'agents' } });
  const label = element('label', { text: 'Parallel Agents:', attributes: { for: 'agents' } });
  const count = () => Number(slider.value);
  const start = createButton({
    label: 'Start',
    kind: 'primary',
    icon: 'play',
    onClick: () => post({ type: 'start', maxAgents: count() }),
  });
  const pause = createButton({ label: 'Pause', icon: 'debug-pause', onClick: () => post({ type: 'pause' }) });
  const resume = createButton({
    label: 'Resume',
    kind: 'primary',
    icon: 'debug-continue',
    onClick: () => post({ type: 'resume' }),
  });
  const stop = createButton({ label: 'Stop', icon: 'debug-stop', onClick: () => post({ type: 'stop' }) });
  const model = element('span', { class: 'model' });
  const note = element('p', { class: 'note' });
  const forecast = createForecastLine('forecast');
  let shown = emptyContent;
  /** What the slider was set to until the settings say it too; news that was under way meanwhile still tells the old. */
  let chosen: number | undefined;
  const show = () => {
    setText(value, slider.value);
    start.setLabel(startLabel(count()));
    slider.setAttribute('aria-valuetext', agents(count()));
    const { snapshot } = shown;
    forecast.update({ snapshot, agents: count(), most: Number(slider.max) });
  };
  slider.addEventListener('input', show);
  slider.addEventListener('change', () => {
    chosen = count();
    post({ type: 'setAgents', maxAgents: chosen });
  });

  const node = element('header', { class: 'controls' }, [
    element('div', { class: 'row' }, [
      element('div', { class: 'dial' }, [label, slider, value]),
      element('div', { class: 'buttons' }, [start.node, resume.node, pause.node, stop.node]),
      model,
    ]),
    forecast.node,
    note,
  ]);
  return {
    node,
    update(content) {
      shown = content;
      const { snapshot, surroundings } = content;
      const { run, features } = snapshot;
      const status = run === null || run.status === 'finished' ? 'idle' : run.status;
      const { maxAgents, agentLimit, trusted, backlog, modelNote } = surroundings;
      slider.max = String(Math.max(agentLimit, maxAgents));
      if (chosen === maxAgents) chosen = undefined;
      // A hand on the slider goes before news from the settings.
      if (document.activeElement !== slider || !slider.matches(':active'))
        slider.value = String(chosen ?? maxAgents);
      slider.disabled = agentLimit === 1;
      show();
      const canStart = trusted && backlog === 'loaded' && Object.keys(features).length > 0;
      start.setShown(status === 'idle');
      start.setEnabled(canStart);
      pause.setShown(status === 'running');
      const waits = status === 'running' ? openBreakers(snapshot) : [];
      const slow = status === 'running' ? describeSlow(snapshot, run?.settings.maxAgents ?? 0) : [];
      resume.setLabel(status === 'paused' ? 'Resume' : 'Try Again');
      resume.setShown(status === 'paused' || waits.length > 0);
      stop.setShown(status === 'running' || status === 'paused');
      setText(model, run !== null && status !== 'idle' ? runModel(run.settings.model, modelNote) : modelNote);
      model.hidden = model.textContent === '';
      const told = [...waits.map(describeBreaker), ...slow].join(' ');
      const state = told === '' ? noteOf(status, agentLimit) : told;
      setText(note, surroundings.trouble ?? state);
      note.hidden = note.textContent === '';
    },
  };
}

function startLabel(n: number): string {
  return `Start ${n} Agent${n === 1 ? '' : 's'}`;
}

function agents(n: number): string {
  return `${n} agent${n === 1 ? '' : 's'}`;
}

/** A run keeps the model it was started with, whatever the settings say now. */
function runModel(model: string | undefined, otherwise: string): string {
  return model === 'offline' ? 'Offline model: scripted answers, no AI' : otherwise;
}

function noteOf(status: 'idle' | 'running' | 'paused' | 'stopping', agentLimit: number): string {
  if (status === 'paused') return 'Paused: agents at work finish what they do, no new features are started.';
  if (status === 'stopping') return 'Stopping: agents are ended, and what they had not finished is given up.';
  return agentLimit === 1 ? 'One agent at a time, as the settings say.' : '';
}
