// A backlog to begin with: four small features, two of which can be built at once, with answers for the offline model.

interface SampleFeature {
  readonly name: string;
  readonly category: string;
  readonly priority: number;
  readonly description: string;
  readonly depends_on?: readonly string[];
  readonly files: readonly string[];
  readonly verify: string;
}

export const sampleBacklog: readonly SampleFeature[] = [
  {
    name: 'Greeting',
    category: 'backend',
    priority: 1,
    description: 'sample/greeting.js: greet(name) answers "Hello, <name>!".',
    files: ['sample/greeting.js'],
    verify: check("require('./sample/greeting.js').greet('Ada') === 'Hello, Ada!'"),
  },
  {
    name: 'Farewell',
    category: 'backend',
    priority: 1,
    description: 'sample/farewell.js: leave(name) answers "Goodbye, <name>!".',
    files: ['sample/farewell.js'],
    verify: check("require('./sample/farewell.js').leave('Ada') === 'Goodbye, Ada!'"),
  },
  {
    name: 'Conversation',
    category: 'backend',
    priority: 2,
    description: 'sample/conversation.js: talk(name) answers the greeting and the farewell, in that order.',
    depends_on: ['Greeting', 'Farewell'],
    files: ['sample/conversation.js'],
    verify: check("require('./sample/conversation.js').talk('Ada').length === 2"),
  },
  {
    name: 'Guide',
    category: 'documentation',
    priority: 3,
    description: 'sample/GUIDE.md: how to call the three functions.',
    depends_on: ['Conversation'],
    files: ['sample/GUIDE.md'],
    verify: check("/talk/.test(require('fs').readFileSync('sample/GUIDE.md', 'utf8'))"),
  },
];

export const sampleOfflineScript: Readonly<Record<string, readonly object[]>> = {
  Greeting: turns('sample/greeting.js', "exports.greet = (name) => 'Hello, ' + name + '!';"),
  Farewell: turns('sample/farewell.js', "exports.leave = (name) => 'Goodbye, ' + name + '!';"),
  Conversation: turns(
    'sample/conversation.js',
    "const { greet } = require('./greeting.js');\nconst { leave } = require('./farewell.js');\n\n" +
      'exports.talk = (name) => [greet(name), leave(name)];',
  ),
  Guide: turns('sample/GUIDE.md', '# Guide\n\nCall `greet`, `leave`, or `talk` with a name.'),
};

/** Proves a feature on every system: exit code 0 when the expression is true. */
function check(expression: string): string {
  return `node -e "process.exit(${expression} ? 0 : 1)"`;
}

/** Slow enough to watch. */
function turns(path: string, content: string): readonly object[] {
  const delayMs = 1200;
  return [
    { say: 'First a look around.', tool: 'list_files', input: {}, delayMs },
    { say: `Now ${path}.`, tool: 'write_file', input: { path, content: `${content}\n` }, delayMs },
    { tool: 'finish', input: { summary: `Wrote ${path}.` }, delayMs },
  ];
}
