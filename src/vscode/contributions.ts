// The ids under which package.json contributes commands, views, colours and context keys, each written once.

/** Every command; `package.json` gives its title, icon and when it can be run. */
export const commandIds = {
  start: 'parallelAgents.start',
  pause: 'parallelAgents.pause',
  resume: 'parallelAgents.resume',
  stop: 'parallelAgents.stop',
  retryFeature: 'parallelAgents.retryFeature',
  retryAll: 'parallelAgents.retryAll',
  showChanges: 'parallelAgents.showChanges',
  confirmFeature: 'parallelAgents.confirmFeature',
  rejectFeature: 'parallelAgents.rejectFeature',
  openFeature: 'parallelAgents.openFeature',
  showMore: 'parallelAgents.showMore',
  openBacklog: 'parallelAgents.openBacklog',
  createSampleBacklog: 'parallelAgents.createSampleBacklog',
  openDashboard: 'parallelAgents.openDashboard',
  setApiKey: 'parallelAgents.setApiKey',
  chooseFolder: 'parallelAgents.chooseFolder',
  tryAgain: 'parallelAgents.tryAgain',
  startOver: 'parallelAgents.startOver',
  goOnHere: 'parallelAgents.goOnHere',
  cleanUpCopies: 'parallelAgents.cleanUpCopies',
  endOwner: 'parallelAgents.endOwner',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = { container: 'parallelAgents', features: 'parallelAgents.features' } as const;

/** Of documents that show the changes of a feature that waits for the user's approval. */
export const changesScheme = 'parallel-agents-changes';

export const dashboardViewType = 'parallelAgents.dashboard';

export const walkthroughId = 'parallelAgents.start';

export const colorIds = { claimedFile: 'parallelAgents.claimedFile' } as const;

/** What `when` clauses ask; all unset until a view or command has needed the backlog. */
export const contextKeys = {
  /** `idle`, `opening`, `none`, `bad`, `loaded`, `elsewhere`, `damaged` or `failed`. */
  backlog: 'parallelAgents.backlog',
  /** `none`, `running`, `waiting` (for trouble from outside to end), `paused`, `stopping` or `finished`. */
  run: 'parallelAgents.run',
  hasFailed: 'parallelAgents.hasFailed',
  hasUnconfirmed: 'parallelAgents.hasUnconfirmed',
  /** More than one folder of the window holds a backlog. */
  severalBacklogs: 'parallelAgents.severalBacklogs',
} as const;
export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

/** Where a provider's key lies in the editor's secret storage. */
export const secretNameOf = (provider: string) => `parallelAgents.${provider}Key`;
export const secretNamePattern = /^parallelAgents\.[a-z0-9_-]+Key$/;

export const backlogFile = 'features.json';
export const offlineScriptFile = 'offline-script.json';
export const databaseFile = '.parallel-agents/agents.db';
