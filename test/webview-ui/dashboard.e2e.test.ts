// The dashboard in a real Chromium: what it shows, what it asks for, how it is used by keyboard, in every kind of theme.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, Locator } from 'playwright-core';
import { emptySnapshot } from '../../src/core/events/snapshot';
import type { Feature } from '../../src/core/features/feature';
import { specOf } from '../support/history';
import { repoRoot } from '../support/repoRoot';
import {
  busyShop,
  claim,
  example,
  finish,
  layers,
  loaded,
  passed,
  progress,
  run,
  wholeRun,
  wholeRunSoFar,
} from '../vscode/scenes';
import { type Dashboard, openBrowser, openDashboard } from './dashboardPage';
import { type ThemeName, themes } from './themes';

const pictures = path.join(repoRoot, 'out', 'pictures');
const axeSource = readFileSync(
  createRequire(path.join(repoRoot, 'package.json')).resolve('axe-core'),
  'utf8',
);

describe('the dashboard', () => {
  let browser: Browser;
  let dashboard: Dashboard;
  before(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await openBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    assert.deepEqual(dashboard.complaints, []);
    await dashboard.close();
  });

  describe('in a theme that is', () => {
    for (const theme of Object.keys(themes) as ThemeName[]) {
      it(`${theme}: has no serious flaw for those who see or reach less`, async () => {
        dashboard = await openDashboard(browser, { theme });
        const history = busyShop();
        await dashboard.show(
          history.snapshot,
          { modelNote: 'Anthropic' },
          { 1: 'Reading src/catalogue.ts\n' },
        );
        await dashboard.send({ type: 'events', events: history.events });
        await dashboard.page.screenshot({
          path: path.join(pictures, `dashboard-${theme.replaceAll(' ', '-')}.png`),
          fullPage: true,
        });
        assert.deepEqual(await flaws(dashboard), []);
      });
    }

    for (const theme of Object.keys(themes) as ThemeName[]) {
      it(`${theme}: has none with a run’s report, either`, async () => {
        dashboard = await openDashboard(browser, { theme });
        const history = wholeRun(5);
        await dashboard.show(history.snapshot);
        await dashboard.send({ type: 'events', events: history.events });
        await openTable();
        await dashboard.page
          .locator('.report')
          .screenshot({ path: path.join(pictures, `report-${theme.replaceAll(' ', '-')}.png`) });
        assert.deepEqual(await flaws(dashboard), []);
      });
    }

    it('dark: also when there is nothing to show', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(emptySnapshot, { backlog: 'none' });
      await dashboard.page.screenshot({ path: path.join(pictures, 'dashboard-empty.png') });
      assert.deepEqual(await flaws(dashboard), []);
    });
  });

  describe('without anything to show', () => {
    const cases = [
      {
        of: 'an untrusted folder',
        surroundings: { trusted: false },
        says: /not trusted yet/,
        button: undefined,
      },
      {
        of: 'no backlog',
        surroundings: { backlog: 'none' },
        says: /No backlog yet/,
        button: 'createBacklog',
      },
      { of: 'a bad backlog', surroundings: { backlog: 'bad' }, says: /has problems/, button: 'openBacklog' },
      { of: 'an empty backlog', surroundings: {}, says: /backlog is empty/, button: 'openBacklog' },
    ] as const;
    for (const { of, surroundings, says, button } of cases) {
      it(`tells the next step for ${of}`, async () => {
        dashboard = await openDashboard(browser);
        await dashboard.show(emptySnapshot, surroundings);
        const empty = dashboard.page.locator('.empty-state');
        assert.match(await textOf(empty), says);
        assert.equal(await startButton().isEnabled(), false);
        if (button === undefined) return;
        await empty.locator('vscode-button').click();
        assert.deepEqual((await dashboard.asked()).at(-1), { type: button });
      });
    }
  });

  describe('its controls', () => {
    it('say how many agents, by slider, value and button', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(example().snapshot);
      const slider = dashboard.page.getByRole('slider', { name: 'Parallel Agents:' });
      assert.deepEqual(
        [await slider.getAttribute('min'), await slider.getAttribute('max'), await slider.inputValue()],
        ['1', '5', '3'],
      );
      const seen: string[] = [];
      await slider.focus();
      for (const key of ['Home', 'ArrowRight']) {
        await dashboard.page.keyboard.press(key);
        seen.push(`${await textOf(dashboard.page.locator('.value'))} ${await textOf(startText())}`);
      }
      assert.deepEqual(seen, ['1 Start 1 Agent', '2 Start 2 Agents']);
      assert.deepEqual((await dashboard.asked()).slice(-1), [{ type: 'setAgents', maxAgents: 2 }]);
      await dashboard.page.keyboard.press('Tab');
      await dashboard.page.keyboard.press('Enter');
      assert.deepEqual((await dashboard.asked()).at(-1), { type: 'start', maxAgents: 2 });
    });

    it('keep the number that was chosen over news sent before the settings had it, and follow them afterwards', async () => {
      dashboard = await openDashboard(browser);
      const history = example();
      await dashboard.show(history.snapshot);
      const slider = dashboard.page.getByRole('slider', { name: 'Parallel Agents:' });
      await slider.fill('2');
      const values: string[] = [];
      for (const maxAgents of [3, 2, 4]) {
        await dashboard.show(history.snapshot, { maxAgents });
        values.push(await slider.inputValue());
      }
      assert.deepEqual(values, ['2', '2', '4']);
    });

    it('offer what works in each state of a run, and ask for it', async () => {
      dashboard = await openDashboard(browser);
      const history = example();
      const buttons = () => dashboard.page.locator('.controls vscode-button:visible').allInnerTexts();
      const shown: string[][] = [];
      const step = async () => {
        await dashboard.show(history.snapshot);
        shown.push((await buttons()).map((text) => text.trim()));
      };
      await step();
      run(history);
      await step();
      await dashboard.page.getByRole('button', { name: 'Pause' }).click();
      history.record([{ type: 'run.paused', runId: 1, stopping: false }]);
      await step();
      await dashboard.page.getByRole('button', { name: 'Resume' }).click();
      await dashboard.page.getByRole('button', { name: 'Stop' }).click();
      history.record([{ type: 'run.paused', runId: 1, stopping: true }]);
      await step();
      assert.deepEqual(shown, [['Start 3 Agents'], ['Pause', 'Stop'], ['Resume', 'Stop'], []]);
      assert.deepEqual(
        (await dashboard.asked()).slice(1).map(({ type }) => type),
        ['pause', 'resume', 'stop'],
      );
    });

    it('follow a change of the settings at once', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(example().snapshot);
      const surroundings = {
        trusted: true,
        backlog: 'loaded',
        maxAgents: 1,
        agentLimit: 1,
        modelNote: '',
      } as const;
      await dashboard.send({ type: 'surroundings', surroundings });
      assert.equal(await textOf(startText()), 'Start 1 Agent');
      assert.equal(await dashboard.page.getByRole('slider').isDisabled(), true);
      assert.match(await textOf(dashboard.page.locator('.controls')), /One agent at a time/);
    });

    it('say plainly that the model is the offline one, whatever the settings say during its run', async () => {
      dashboard = await openDashboard(browser);
      const history = example();
      run(history, { model: 'offline' });
      await dashboard.show(history.snapshot, { modelNote: 'Anthropic' });
      assert.match(await textOf(dashboard.page.locator('.model')), /^Offline model/);
    });
  });

  describe('its cards', () => {
    it('tell of each agent: number, feature, model, status, step, spend and log', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(busyShop().snapshot, {}, { 1: 'Reading src/catalogue.ts\n' });
      const card = dashboard.page.getByRole('article', { name: 'Agent 1' });
      const lines = (await textOf(card)).split('\n').filter((line) => line.trim() !== '');
      assert.deepEqual(lines, [
        'Agent 1',
        'running',
        'Product catalogue',
        'editing src/catalogue.ts',
        'sonnet',
        'attempt 1',
        '$0.066 · 85k tokens',
        'Reading src/catalogue.ts',
      ]);
      assert.equal(await card.getByRole('progressbar').getAttribute('value'), '45');
    });

    it('turn their sign ten times a second at most, for each time the whole page is drawn anew', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.page.emulateMedia({ reducedMotion: 'no-preference' });
      await dashboard.show(busyShop().snapshot);
      const icon = dashboard.page.locator('.card[data-status="running"] .status .codicon').first();
      const { animationDuration, animationTimingFunction } = await icon.evaluate((node) => {
        const { animationDuration, animationTimingFunction } = getComputedStyle(node);
        return { animationDuration, animationTimingFunction };
      });
      const steps = Number(/^steps\((\d+)\)$/.exec(animationTimingFunction)?.[1]);
      assert.ok(steps / Number.parseFloat(animationDuration) <= 10.1, animationTimingFunction);
    });

    it('show what is said as it is said, and only the present attempt’s', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(busyShop().snapshot, {}, { 1: 'one\n' });
      const { fence = 0 } = busyShop().snapshot.agents[1] ?? {};
      await dashboard.send({ type: 'output', slot: 1, fence, text: 'two\n' });
      await dashboard.send({ type: 'output', slot: 1, fence: fence - 1, text: 'late\n' });
      assert.equal(await textOf(dashboard.page.getByRole('region', { name: 'Log of agent 1' })), 'one\ntwo');
    });

    it('fold their logs away', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(busyShop().snapshot);
      const logs = dashboard.page.locator('.log:visible');
      assert.equal(await logs.count(), 3);
      await dashboard.page.getByRole('button', { name: 'Hide Logs' }).click();
      assert.equal(await logs.count(), 0);
      await dashboard.page.getByRole('button', { name: 'Show Logs' }).click();
      assert.equal(await logs.count(), 3);
    });

    it('keep the keyboard’s place while events come', async () => {
      dashboard = await openDashboard(browser);
      const history = example();
      run(history);
      const attempt = claim(history, 1, 1);
      await dashboard.show(history.snapshot);
      await dashboard.page.getByRole('button', { name: 'Feature 1', exact: true }).focus();
      const from = history.snapshot.seq;
      progress(history, attempt, 'thinking', 10);
      await dashboard.send({ type: 'events', events: history.events.slice(from) });
      assert.match(await textOf(dashboard.page.locator('.card')), /thinking/);
      await dashboard.page.keyboard.press('Enter');
      assert.deepEqual((await dashboard.asked()).at(-1), { type: 'openFeature', featureId: 1 });
    });
  });

  it('asks for a decision where one is needed', async () => {
    dashboard = await openDashboard(browser);
    await dashboard.show(busyShop().snapshot);
    const names = [
      'Show Changes User profile',
      'Confirm User profile',
      'Reject User profile',
      'Retry Newsletter',
    ];
    for (const name of names) {
      await dashboard.page.getByRole('button', { name }).click();
    }
    assert.deepEqual((await dashboard.asked()).slice(1), [
      { type: 'showChanges', featureId: 6 },
      { type: 'confirm', featureId: 6 },
      { type: 'reject', featureId: 6 },
      { type: 'retry', featureId: 9 },
    ]);
  });

  describe('its graph', () => {
    it('tells each feature’s state in words, and by colours that differ', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(busyShop().snapshot);
      const boxes = await dashboard.page.locator('.box').evaluateAll((nodes) =>
        nodes.map((node) => {
          const rect = node.querySelector('rect');
          return [
            node.querySelector('title')?.textContent ?? '',
            rect === null ? '' : getComputedStyle(rect).stroke,
          ] as const;
        }),
      );
      const named = new Map(boxes.map(([label, stroke]) => [label.replace(/^Feature \d+, /, ''), stroke]));
      assert.deepEqual([...named.keys()].sort().slice(0, 4), [
        'Admin reports: waiting, after Search and Checkout with a name that is longer than its box',
        'Checkout with a name that is longer than its box: waiting, after Shopping cart and User authentication',
        'Database schema: passing',
        'Newsletter: failed',
      ]);
      assert.ok(
        named.has('Product catalogue: agent 1, working, editing src/catalogue.ts, after Database schema'),
      );
      assert.equal(new Set(named.values()).size, 6);
    });

    it('is moved through by arrows from one stop of Tab, and opens a feature', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(busyShop().snapshot);
      assert.equal(await dashboard.page.locator('.box[tabindex="0"]').count(), 1);
      await dashboard.page.getByRole('button', { name: /^Feature 1,/ }).focus();
      await dashboard.page.keyboard.press('ArrowRight');
      await dashboard.page.keyboard.press('ArrowLeft');
      await dashboard.page.keyboard.press('Enter');
      assert.deepEqual((await dashboard.asked()).at(-1), { type: 'openFeature', featureId: 1 });
      assert.equal(await dashboard.page.locator('.box[tabindex="0"]').count(), 1);
    });

    it('changes a box, not the graph, when a feature’s state changes', async () => {
      dashboard = await openDashboard(browser);
      const history = example();
      run(history);
      await dashboard.show(history.snapshot);
      await dashboard.page.evaluate(() =>
        document.querySelector('.graph svg')?.setAttribute('data-kept', 'yes'),
      );
      const from = history.snapshot.seq;
      claim(history, 1, 1);
      await dashboard.send({ type: 'events', events: history.events.slice(from) });
      assert.equal(await dashboard.page.locator('.graph svg[data-kept] .box.stage-working').count(), 1);
    });

    it('stays readable with a thousand features', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(layers(1000).snapshot);
      assert.equal(await dashboard.page.locator('.box').count(), 300);
      assert.match(await textOf(dashboard.page.locator('main')), /300 of 1000 features are shown/);
    });

    it('has as few nodes with 100,000 features, of which most failed, and counts the rest', async function () {
      this.timeout(240_000);
      dashboard = await openDashboard(browser);
      const history = loaded(...Array.from({ length: 100_000 }, (_, k) => specOf(`Step ${k + 1}`)));
      run(history);
      const attempt = claim(history, 1, 1);
      const state = { status: 'failed', reason: 'exit code 1', at: 0 } as const;
      const features: Record<number, Feature> = { ...history.snapshot.features };
      for (const feature of Object.values(history.snapshot.features))
        if (feature.id > 1_000) features[feature.id] = { ...feature, state };
      await dashboard.show({ ...history.snapshot, features });
      const { page } = dashboard;
      const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
      assert.ok((await nodes()) < 8_000, `${await nodes()} nodes`);
      assert.equal(await page.locator('.decision').count(), 50);
      const text = await textOf(page.locator('main'));
      assert.match(text, /and 98,950 more, in the tree of features/);
      assert.match(text, /0 of 100000 passing · 1 working · 999 pending · 99000 failed/);
      const from = history.snapshot.seq;
      finish(history, attempt, passed(1));
      await dashboard.send({ type: 'events', events: history.events.slice(from) });
      assert.match(await textOf(page.locator('main')), /1 of 100000 passing · 999 pending · 99000 failed/);
    });
  });

  it('says that a run with nothing left only checks once more', async () => {
    dashboard = await openDashboard(browser);
    const history = loaded(specOf('One'), specOf('Two'));
    run(history);
    finish(history, claim(history, 1, 1), passed(1));
    await dashboard.show(history.snapshot);
    const words = async () => textOf((dashboard ?? assert.fail()).page.locator('.overview'));
    assert.match(await words(), /^1 of 2 passing · 1 pending$/);
    const from = history.snapshot.seq;
    finish(history, claim(history, 1, 2), passed(2));
    await dashboard.send({ type: 'events', events: history.events.slice(from) });
    assert.match(await words(), /^2 of 2 passing · last checks, on all there is now$/);
  });

  describe('its forecast', () => {
    it('follows the slider as it moves, and says what is guessed', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(example().snapshot);
      const slider = dashboard.page.getByRole('slider', { name: 'Parallel Agents:' });
      const seen = [await textOf(dashboard.page.locator('.forecast'))];
      await slider.focus();
      for (const key of ['Home', 'End']) {
        await dashboard.page.keyboard.press(key);
        seen.push(await textOf(dashboard.page.locator('.forecast')));
      }
      const guesses = 'no durations known yet: guessed at 10 min each';
      assert.deepEqual(
        seen.map((text) => text.split('\n')),
        [
          ['3 agents: about 20 min; 5: 10 min', guesses],
          ['1 agent: about 50 min; 5: 10 min', guesses],
          ['5 agents: about 10 min', guesses],
        ],
      );
      const describedBy = await slider.getAttribute('aria-describedby');
      assert.equal(await dashboard.page.locator(`#${describedBy}.forecast`).count(), 1);
    });

    it('is worked out for a large backlog a moment after the last change', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(layers(1000).snapshot);
      await dashboard.page.getByRole('slider').focus();
      await dashboard.page.keyboard.press('Home');
      await dashboard.page.locator('.forecast', { hasText: '1 agent: about 166 h 40 min' }).waitFor();
    });

    it('is not there when nothing is left to build', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(wholeRun().snapshot);
      assert.equal(await dashboard.page.locator('.forecast:visible').count(), 0);
    });
  });

  describe('waiting for a file', () => {
    it('is told of a feature in graph and list, and of an agent on its card', async () => {
      dashboard = await openDashboard(browser);
      const history = loaded(
        specOf('Accounts', { files: ['src/app.ts'], estimate: 12 }),
        specOf('Profile', { dependsOn: ['Accounts'], estimate: 20 }),
        specOf('Search', { files: ['src/search.ts', 'src/app.ts'], estimate: 8 }),
        specOf('Cart', { files: ['src/'] }),
        specOf('Help', { files: ['docs/help.md'] }),
      );
      run(history);
      const one = claim(history, 1, 1);
      const two = claim(history, 2, 5, 'haiku');
      history.wait(40);
      progress(history, one, 'editing src/app.ts', 40);
      const blockers = [{ kind: 'agent', path: 'src/app.ts', ...one }] as const;
      history.record([{ type: 'lock.waiting', path: 'src/app.ts', kind: 'file', blockers, ...two }]);
      history.wait(30);
      progress(history, one, 'editing src/app.ts', 60);
      await dashboard.show(history.snapshot);
      await dashboard.send({ type: 'events', events: history.events });
      await dashboard.page.screenshot({ path: path.join(pictures, 'dashboard-waiting.png'), fullPage: true });
      const { page } = dashboard;
      const why = 'waits for src/app.ts, held by agent 1 (feature 1)';
      const rows = (await page.locator('.file-waits li').allInnerTexts()).map((text) =>
        text.split(/\s*\n\s*/),
      );
      assert.deepEqual(rows, [
        ['Search', why],
        ['Cart', why],
      ]);
      const box = page.getByRole('button', { name: `Feature 3, Search: ${why}` });
      assert.equal(await box.locator('.state').textContent(), 'waits for src/app.ts');
      const stands = 'Feature 5, Help: agent 2, waiting, waiting for src/app.ts, held by agent 1 (feature 1)';
      assert.equal(await page.getByRole('button', { name: stands }).count(), 1);
      const card = await textOf(page.getByRole('article', { name: 'Agent 2' }));
      assert.match(card, /^waiting for src\/app\.ts, held by agent 1 \(feature 1\)$/m);
      assert.match(await textOf(page.locator('.forecast')), /^To go:\n3 agents: about 31 min/);
      const from = history.snapshot.seq;
      finish(history, one, passed(1));
      history.record([{ type: 'lock.granted', path: 'src/app.ts', kind: 'file', how: 'request', ...two }]);
      finish(history, two, passed(5));
      await dashboard.send({ type: 'events', events: history.events.slice(from) });
      assert.equal(await page.locator('.file-waits:visible').count(), 0);
    });
  });

  describe('its chart of a run', () => {
    const bars = () => dashboard.page.locator('.span');

    it('tells the outcome of each attempt by sign and outline, not by colour alone', async () => {
      dashboard = await openDashboard(browser);
      const history = wholeRun();
      await dashboard.show(history.snapshot);
      await dashboard.send({ type: 'events', events: history.events });
      const looks = await bars().evaluateAll((nodes) =>
        nodes.map((node) => {
          const fill = node.querySelector('.fill');
          const { strokeDasharray, strokeWidth } = fill
            ? getComputedStyle(fill)
            : { strokeDasharray: '', strokeWidth: '' };
          const outcome = /: ([^,]*(, tried again)?),/.exec(
            node.querySelector('title')?.textContent ?? '',
          )?.[1];
          return [
            outcome,
            `${node.querySelector('.sign')?.textContent} ${strokeDasharray} ${strokeWidth}`,
          ] as const;
        }),
      );
      const byOutcome = new Map(looks);
      assert.deepEqual(
        [...byOutcome.keys()],
        ['passed', 'failed, tried again', 'handed back', 'failed', 'needs your check'],
      );
      assert.equal(new Set(byOutcome.values()).size, byOutcome.size);
      assert.equal(await dashboard.page.locator('.span .wait').count(), 1);
      assert.equal(await dashboard.page.locator('.link').count(), 2);
    });

    it('sets the run’s figures beside each other, and says what decided', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(wholeRun().snapshot);
      const report = await textOf(dashboard.page.getByRole('region', { name: 'Run report' }));
      assert.match(report, /Wall time\s+1 min 36 s\s+3 agents, 9 attempts, 1 retry/);
      assert.match(report, /One agent\s+.* for what came to an end\s+not compared/);
      assert.match(report, /Decided by Accounts → Profile page \(needs the one before\) → Shopping cart/);
    });

    it('is moved through by arrows from one stop of Tab, and opens a feature', async () => {
      dashboard = await openDashboard(browser);
      await dashboard.show(wholeRun().snapshot);
      assert.equal(await dashboard.page.locator('.span[tabindex="0"]').count(), 1);
      await dashboard.page.getByRole('button', { name: /^Agent 1, Accounts/ }).focus();
      const seen: string[] = [];
      for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'End']) {
        await dashboard.page.keyboard.press(key);
        seen.push(
          await dashboard.page.evaluate(
            () => document.activeElement?.querySelector('title')?.textContent ?? '',
          ),
        );
      }
      assert.deepEqual(
        seen.map((label) => label.split(', attempt')[0]),
        ['Agent 1, Profile page', 'Agent 2, Search', 'Agent 3, Shopping cart', 'Agent 1, Shopping cart'],
      );
      await dashboard.page.keyboard.press('Enter');
      assert.deepEqual((await dashboard.asked()).at(-1), { type: 'openFeature', featureId: 5 });
      assert.equal(await dashboard.page.locator('.span[tabindex="0"]').count(), 1);
    });

    it('has the same as a table', async () => {
      dashboard = await openDashboard(browser);
      const history = wholeRun();
      await dashboard.show(history.snapshot);
      await dashboard.send({ type: 'events', events: history.events });
      await openTable();
      const rows = dashboard.page.getByRole('table', { name: 'Attempts of this run' }).getByRole('row');
      assert.equal(await rows.count(), 10);
      assert.deepEqual(await rows.nth(5).getByRole('cell').allInnerTexts(), [
        '2',
        'Search',
        '1',
        '30 s',
        '40 s',
        'passed',
        'waited 11 s for src/accounts.ts',
        '–',
      ]);
    });

    it('grows while agents work, keeps the keyboard’s place, and becomes the report', async () => {
      dashboard = await openDashboard(browser);
      const whole = wholeRun();
      const soFar = wholeRunSoFar();
      const before = whole.first(soFar.commits.length - 12);
      await dashboard.show(before.snapshot);
      await dashboard.send({ type: 'events', events: before.events });
      assert.match(await textOf(dashboard.page.getByRole('region', { name: 'This run so far' })), /at work/);
      await dashboard.page.getByRole('button', { name: /^Agent 2, Catalogue/ }).focus();
      await dashboard.send({ type: 'events', events: whole.events.slice(before.snapshot.seq) });
      const report = dashboard.page.getByRole('region', { name: 'Run report' });
      assert.doesNotMatch(await textOf(report), /at work/);
      assert.equal(await bars().count(), 9);
      const focused = await dashboard.page.evaluate(
        () => document.activeElement?.querySelector('title')?.textContent,
      );
      assert.match(focused ?? '', /^Agent 2, Catalogue/);
    });

    it('fits the room it has, and scrolls on its own where attempts are many', async () => {
      dashboard = await openDashboard(browser, { width: 520 });
      await dashboard.show(wholeRun().snapshot);
      const widthOf = () =>
        dashboard.page.evaluate(() => {
          const plane = document.querySelector('.plane');
          return [
            plane?.scrollWidth ?? 0,
            plane?.clientWidth ?? 0,
            document.documentElement.scrollWidth - innerWidth,
          ];
        });
      const [inner, room, over] = await widthOf();
      assert.deepEqual([inner, over], [room, 0]);
    });
  });

  it('asks once for a snapshot when an event is missing', async () => {
    dashboard = await openDashboard(browser);
    const history = example();
    await dashboard.show(history.snapshot);
    run(history);
    claim(history, 1, 1);
    const late = history.events.slice(-1);
    await dashboard.send({ type: 'events', events: late });
    await dashboard.send({ type: 'events', events: late });
    assert.deepEqual(await dashboard.asked(), [{ type: 'ready' }, { type: 'needSnapshot' }]);
    await dashboard.show(history.snapshot);
    assert.equal(await dashboard.page.locator('.card').count(), 1);
  });

  it('shows hostile text as text', async () => {
    dashboard = await openDashboard(browser);
    const hostile = '<img src=x onerror="document.title=`owned`"><a href="command:evil">x</a>';
    const history = loaded(
      specOf(hostile, { description: hostile }),
      specOf('__proto__'),
      specOf('x'.repeat(200)),
    );
    run(history);
    const attempt = claim(history, 1, 1, hostile);
    progress(history, attempt, hostile);
    await dashboard.show(history.snapshot, { modelNote: hostile }, { 1: `${hostile}\u001b[31m\u202e` });
    await dashboard.send({ type: 'events', events: history.events });
    const made = await dashboard.page.evaluate(() => ({
      elements: document.querySelectorAll('img, a, iframe, object, main script').length,
      title: document.title,
    }));
    assert.deepEqual(made, { elements: 0, title: 'Parallel Agents' });
    assert.ok((await textOf(dashboard.page.locator('.feature-link'))).startsWith('<img src=x'));
  });

  it('draws a burst of a hundred events', async () => {
    dashboard = await openDashboard(browser);
    const history = busyShop();
    await dashboard.show(history.snapshot);
    const from = history.snapshot.seq;
    const { featureId = 0, attempt = 0, fence = 0 } = history.snapshot.agents[1] ?? {};
    for (let n = 0; n < 100; n++) progress(history, { slot: 1, featureId, attempt, fence }, `step ${n}`, n);
    await dashboard.send({ type: 'events', events: history.events.slice(from) });
    assert.match(await textOf(dashboard.page.getByRole('article', { name: 'Agent 1' })), /step 99/);
  });

  /** Its rows are made when it has opened. */
  const openTable = async () => {
    await dashboard.page.getByText('As a table').click();
    await dashboard.page.locator('.report tbody tr').last().waitFor();
  };
  const startButton = () => dashboard.page.getByRole('button', { name: /^Start / });
  const startText = () => dashboard.page.locator('vscode-button', { hasText: /^Start / });
});

/** As it is seen: what is hidden is left out. */
function textOf(locator: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: what a user sees is what is meant
  return locator.innerText();
}

/** What axe finds that is serious or worse, as `rule: elements`. */
async function flaws({ page }: Dashboard): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations, passes } = (await page.evaluate(() => Reflect.get(window, 'axe').run())) as AxeResults;
  assert.ok(passes.length > 10, 'nothing was looked at');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
}
