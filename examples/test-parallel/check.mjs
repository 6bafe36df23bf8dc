// The workspace's check: runs what a feature made and looks at the outcome. The host names the feature in the
// environment; by hand it is `node check.mjs 3`, or `node check.mjs` for all five.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ann = { name: 'Ann', text: 'Lovely place' };
const eve = { name: '<b>Eve</b>', text: '"quoted" & more' };

const checks = {
  async 1() {
    const { renderPage } = await import('./src/page.js');
    const html = renderPage([ann, eve]);
    assert.match(html, /^<!doctype html>/);
    assert.ok(html.includes('Lovely place'));
    assert.ok(
      html.includes('&lt;b&gt;Eve&lt;/b&gt;') && !html.includes('<b>'),
      'what guests write is escaped',
    );
    assert.ok(html.indexOf('Eve') < html.indexOf('Ann'), 'the latest entry comes first');
    assert.match(renderPage([]), /No entries yet/);
  },

  async 2() {
    const { handle } = await import('./src/handler.js');
    const list = [];
    const entries = { list: () => list, add: (entry) => list.push(entry) };
    const call = (method, target, body) => handle({ method, path: target, body }, entries);
    assert.deepEqual(await call('GET', '/entries'), { status: 200, body: [] });
    assert.equal((await call('POST', '/entries', ann)).status, 201);
    assert.deepEqual(await call('GET', '/entries'), { status: 200, body: [ann] });
    assert.equal((await call('DELETE', '/entries')).status, 405);
    assert.equal((await call('GET', '/elsewhere')).status, 404);
  },

  async 3() {
    const { openEntries } = await import('./src/entries.js');
    const folder = await mkdtemp(path.join(tmpdir(), 'entries-'));
    try {
      const file = path.join(folder, 'entries.jsonl');
      const entries = await openEntries(file);
      assert.deepEqual(entries.list(), []);
      await entries.add(ann);
      await Promise.all([entries.add(eve), entries.add(ann)]);
      assert.deepEqual(entries.list(), [ann, eve, ann]);
      assert.deepEqual((await openEntries(file)).list(), [ann, eve, ann], 'the same after opening it again');
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  async 4() {
    const { renderForm } = await import('./src/form.js');
    const empty = renderForm();
    assert.match(empty, /<form method="post"/);
    assert.match(empty, /<input name="name" value="">/);
    assert.match(empty, /<textarea name="text"><\/textarea>/);
    const again = renderForm(eve, { text: 'Please write <something>.' });
    assert.ok(again.includes('value="&lt;b&gt;Eve&lt;/b&gt;"'), 'what was typed is kept');
    assert.ok(again.includes('>&quot;quoted&quot; &amp; more</textarea>'));
    assert.ok(again.includes('Please write &lt;something&gt;.'), 'the problem is shown');
  },

  async 5() {
    const { parseEntry } = await import('./src/entry.js');
    assert.deepEqual(parseEntry('name=Ann&text=Lovely+place'), { entry: ann });
    assert.deepEqual(parseEntry('name=%20Ann&text=Lovely%20place%0D%0A'), { entry: ann });
    assert.deepEqual(Object.keys(parseEntry('').problems), ['name', 'text']);
    assert.deepEqual(Object.keys(parseEntry(`name=${'x'.repeat(81)}&text=a`).problems), ['name']);
  },
};

const wanted = process.env.PARALLEL_AGENTS_FEATURE_ID ?? process.argv[2];
for (const id of wanted === undefined ? Object.keys(checks) : [wanted]) {
  try {
    if (!Object.hasOwn(checks, id)) throw new Error('there is no check for it');
    await checks[id]();
    console.log(`Feature ${id} works.`);
  } catch (error) {
    console.error(`Feature ${id} does not work: ${error.message}`);
    process.exitCode = 1;
  }
}
