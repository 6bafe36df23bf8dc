// Who may import whom, checked on every file: the table of rooms in ARCHITECTURE.md, word for word.

/**
 * `rooms` are the other rooms a room may import, `outside` what it may take from outside the tree:
 * 'node' all of Node's own modules, 'npm' any package, else the names of single packages; `except` are folders with a rule of
 * their own.
 */
const rooms = {
  core: { rooms: [], outside: [], except: '(settings|tools)' },
  protocol: { rooms: ['core'], outside: ['zod'] },
  ports: { rooms: ['core', 'protocol'], outside: [] },
  engine: { rooms: ['core', 'ports'], outside: [] },
  agent: { rooms: ['core', 'ports'], outside: [] },
  adapters: { rooms: ['core', 'ports'], outside: ['node', 'npm'] },
  hub: { rooms: ['core', 'ports', 'protocol'], outside: ['node', 'vscode-jsonrpc'] },
  client: { rooms: ['core', 'ports', 'protocol', 'adapters', 'hub'], outside: ['node'] },
  host: { rooms: ['core', 'ports', 'protocol', 'engine', 'adapters', 'hub', 'client'], outside: ['node'] },
  worker: { rooms: ['core', 'ports', 'protocol', 'agent', 'adapters', 'hub'], outside: ['node', 'npm'] },
  cli: {
    rooms: ['core', 'ports', 'protocol', 'adapters', 'hub', 'client', 'host'],
    outside: ['node', 'npm'],
  },
  mcp: { rooms: ['core', 'protocol', 'hub', 'client'], outside: ['node', 'npm'] },
  vscode: { rooms: ['core', 'protocol', 'hub', 'client', 'host'], outside: ['node', 'vscode'] },
};

/** Inside core a folder may import those of earlier steps, and no other. */
const coreSteps = [
  ['shared'],
  ['models', 'tools'],
  ['claims', 'locks', 'guardrails'],
  ['proof'],
  ['features'],
  ['graph', 'routing', 'knowledge'],
  ['settings', 'cost', 'planning', 'learning'],
  ['events'],
  ['scheduler'],
];

const entries = [
  'src/vscode/extension.ts',
  'src/worker/main.ts',
  'src/worker/guard.ts',
  'src/worker/hook.ts',
  'src/cli/main.ts',
  'webview-ui/src/main.ts',
];

/**
 * The typings are what `vscode` resolves to, since no package of that name is installed: a rule on `^vscode$` alone
 * would never fire.
 */
const vscodeModule = '^(vscode$|node_modules/(@types/)?vscode/)';

/** A builtin counts by its kind, not by its name: `node:fs` is resolved to `fs`, `node:test` stays as it is. */
const builtin = { dependencyTypes: ['core'] };
const notBuiltin = { dependencyTypesNot: ['core'] };

const anyOf = (names) => names.map((name) => name.replaceAll('.', '\\.')).join('|');

function roomRules([room, allowed]) {
  const from = { path: `^src/${room}/` };
  const packages = allowed.outside.filter((name) => !['node', 'npm', 'vscode'].includes(name));
  const places = [
    `^src/(${anyOf([room, ...allowed.rooms])})/`,
    ...(packages.length ? [`^node_modules/(${anyOf(packages)})/`] : []),
    ...(allowed.outside.includes('npm') ? ['^node_modules/'] : []),
    vscodeModule, // has its own rule
  ];
  const imports = {
    name: `${room}-imports`,
    comment: `${room} may import ${[...allowed.rooms, ...allowed.outside].join(', ') || 'nothing'}.`,
    severity: 'error',
    from: allowed.except ? { ...from, pathNot: `^src/${room}/${allowed.except}/` } : from,
    to: { pathNot: places, ...notBuiltin },
  };
  const builtins = { name: `${room}-without-node`, severity: 'error', from, to: builtin };
  return allowed.outside.includes('node') ? [imports] : [imports, builtins];
}

/** Two of core's folders take a package that the others do not. */
const schemasWithZod = {
  name: 'core-schemas-imports',
  comment: "The settings and the tools' inputs are schemas, and the only ones in core.",
  severity: 'error',
  from: { path: '^src/core/(settings|tools)/' },
  to: { pathNot: ['^src/core/', '^node_modules/zod/', vscodeModule], ...notBuiltin },
};

function coreStepRules(step, at) {
  const earlier = coreSteps.slice(0, at).flat();
  return step.map((folder) => ({
    name: `core-${folder}-looks-left`,
    comment: `core/${folder} may import ${earlier.join(', ') || 'no other folder'}.`,
    severity: 'error',
    from: { path: `^src/core/${folder}/` },
    to: { path: '^src/core/', pathNot: `^src/core/(${anyOf([folder, ...earlier])})/` },
  }));
}

module.exports = {
  forbidden: [
    ...Object.entries(rooms).flatMap(roomRules),
    schemasWithZod,
    ...coreSteps.slice(0, -1).flatMap(coreStepRules), // the last may import them all
    {
      name: 'core-folder-unknown',
      comment: 'A new folder of core needs its place in the order.',
      severity: 'error',
      from: {},
      to: { path: '^src/core/', pathNot: `^src/core/(${anyOf(coreSteps.flat())})/` },
    },
    {
      name: 'vscode-only-in-its-room',
      severity: 'error',
      from: { pathNot: ['^src/vscode/', '^test/vscode/', '\\.host\\.test\\.ts$'] },
      to: { path: vscodeModule },
    },
    {
      name: 'clients-without-engine-and-database',
      comment: 'They are clients of the process that owns the database, also by way of other rooms.',
      severity: 'error',
      from: { path: '^src/(worker|mcp|client)/' },
      to: { path: '^(src/engine/|src/adapters/store/|node_modules/sql\\.js/)', reachable: true },
    },
    {
      name: 'faces-by-the-doors-of-the-host',
      comment:
        'They are clients: of the host they know how to join or start it, and what is to be seen without one.',
      severity: 'error',
      from: { path: '^src/(cli|vscode)/' },
      to: { path: '^src/host/', pathNot: '^src/host/(joinWorkspace|lookAtRecords|keptCopies)\\.ts$' },
    },
    {
      name: 'worker-is-a-client',
      severity: 'error',
      from: { path: '^src/worker/' },
      to: { path: '^src/hub/server' },
    },
    {
      name: 'webview-imports',
      comment: 'The webview knows the rules and its messages, and no other part of the program.',
      severity: 'error',
      from: { path: '^webview-ui/' },
      to: {
        pathNot: ['^webview-ui/', '^src/core/', '^src/protocol/webviewMessages\\.ts$', '^node_modules/'],
        ...notBuiltin,
      },
    },
    { name: 'webview-without-node', severity: 'error', from: { path: '^webview-ui/' }, to: builtin },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-cycle-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'reached-by-an-entry',
      comment: 'A file that no entry reaches is dead.',
      severity: 'error',
      from: { path: `^(${anyOf(entries)})$` },
      to: {
        path: '^(src|webview-ui/src)/',
        pathNot: ['\\.d\\.ts$', `^(${anyOf(entries)})$`],
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // an `import type` is an import
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.d.ts', '.mjs', '.cjs', '.js', '.json'],
      exportsFields: ['exports'], // vscode-jsonrpc/node has no other name
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
    metrics: true, // folders are only looked at with it
  },
};
