// What an agent is told to do, and what it is not told.
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { assignmentText, lackingText, systemPrompt } from '../../src/agent/prompts/prompts';
import { codingTools } from '../../src/agent/tools/toolSet';
import { checklistNames } from '../../src/core/routing/experts';
import { assignment } from './agentWorld';

describe('prompts', () => {
  it('the rules name only tools that there are', () => {
    const names = new Set(codingTools.map(({ spec }) => spec.name));
    const named = [...systemPrompt.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name ?? '');
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !names.has(name)),
      [],
    );
  });

  it('an assignment tells feature, files, check and allowed commands', () => {
    assert.equal(
      assignmentText(assignment),
      `# Feature 4: Login page

A page with a form.

Category: frontend

Declared files, locked for you already:
- src/login.js

The check that decides, which you may run yourself:
\`\`\`
npm test
\`\`\`

Other commands you may run:
- npm run lint`,
    );
  });

  it('says so where there is nothing to tell', () => {
    const bare = {
      ...assignment,
      description: ' ',
      declaredFiles: [],
      verifyCommand: undefined,
      allowedCommands: [],
    };
    assert.equal(
      assignmentText(bare),
      `# Feature 4: Login page

There is no description beyond the name.

Category: frontend

No files are declared: each is locked for you when you first change it.

No check is set for this feature: a person will look at your work.`,
    );
  });

  it('tells what experts look at, in the words of the workspace where it has its own, after all that is the feature', () => {
    const text = assignmentText({
      ...assignment,
      experts: {
        roles: ['logic_master', 'architect', 'test_master'],
        checklists: [
          { name: 'coding' },
          { name: 'backend', own: '- Ours.\n' },
          { name: 'testing', own: ' ' },
        ],
      },
    });
    const { builtIn, lead } =
      /\n\n(?<lead>Work as [^\n]*)\n\n## coding\n\n(?<builtIn>(?:- [^\n]*\n)+)\n## backend\n\n- Ours\.$/.exec(
        text,
      )?.groups ?? {};
    assert.equal(
      lead,
      'Work as logic_master, and see to it that architect and test_master would accept it. Before you call the ' +
        'feature built, go through what is looked at; what does not apply to it you pass over:',
    );
    assert.equal(`${builtIn?.trim()}`, readFileSync('src/agent/prompts/coding_prompt.md', 'utf8').trim());
  });

  for (const name of checklistNames)
    it(`has a checklist for ${name} that names no tool, for agents of other makers have others`, () => {
      const text = assignmentText({ ...assignment, experts: { roles: ['r'], checklists: [{ name }] } });
      const [, list = ''] = text.split(`## ${name}\n\n`);
      assert.ok(list.split('\n- ').length >= 5);
      assert.doesNotMatch(list, /`/);
    });

  it("tells what is the agent's alone", () =>
    assert.match(
      assignmentText({ ...assignment, resources: ['port 3000', 'dev database'] }),
      /\n\nYours alone while you work:\n- port 3000\n- dev database\n\n/,
    ));

  it('tells why the last attempt failed, by its end, fenced against its own backticks', () => {
    const text = assignmentText({ ...assignment, lastFailure: `${'x'.repeat(9000)}\n\`\`\`\nexit code 1` });
    assert.match(text, /its changes were given up\..*The reason given:\n````\n…x+\n```\nexit code 1\n````$/s);
    assert.ok(text.length < 9000);
  });

  it('tells what the copy lacks', () =>
    assert.match(
      lackingText({ count: 30, paths: ['a', 'b/'] }),
      /^Of your copy of the workspace: 30 files or folders could not be read, are too large or still being written, and so are not in the copy or older there: a, b\/ and 28 more\.$/m,
    ));

  it('never tells the key', () => {
    const text = assignmentText({
      ...assignment,
      endpoint: { kind: 'anthropic', baseUrl: 'http://a', apiKey: 'sk-secret' },
    });
    assert.ok(!text.includes('sk-secret'));
  });
});
