// Builds the one process that owns a workspace: the only place where engine, adapters and hub are joined.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadBacklogFile } from '../adapters/files/backlogFile';
import { OfflineScriptFile } from '../adapters/files/offlineScriptFile';
import { prepareStateFolder, stateFolderName } from '../adapters/files/stateFolder';
import { createUserRules } from '../adapters/files/userRules';
import { treeAround } from '../adapters/isolation/gitSource';
import { createIsolation } from '../adapters/isolation/isolation';
import { secretsIn } from '../adapters/process/childEnvironment';
import { createCommandRunner } from '../adapters/process/commandRunner';
import { createProcessTerminator } from '../adapters/process/processTree';
import { createSystemSockets } from '../adapters/process/systemSockets';
import { createWarmSpawner } from '../adapters/process/warmSpawner';
import { createWorkerSpawner } from '../adapters/process/workerSpawner';
import { refuseNested } from '../adapters/store/nestedWorkspaces';
import { setAsideRecords } from '../adapters/store/setAsideRecords';
import { openSqlJsStore } from '../adapters/store/sqlJsStore';
import { takeLease } from '../adapters/store/workspaceLease';
import { holderAt, placeOf } from '../adapters/system/machinePlace';
import { createNodeCores } from '../adapters/system/nodeCores';
import { createNodeMachine } from '../adapters/system/nodeMachine';
import { createNodeChance, createNodeClock } from '../adapters/system/nodeSystem';
import { bindingOf } from '../adapters/system/workspaceBinding';
import { adoptedRecords, ownRecords, recordsSetAside } from '../client/elsewhere';
import { idsOf } from '../core/features/feature';
import { furtherSecrets, secretFiles } from '../core/features/namedSecrets';
import { Redactor } from '../core/guardrails/redactor';
import { Engine } from '../engine/engine';
import type { HubConnection } from '../hub/connection';
import { hashToken } from '../hub/handshake';
import { clearFolders } from '../hub/runtimeFolder';
import { createHubServer, type HubServer } from '../hub/server';
import { Failure } from '../ports/failure';
import { DamagedRecords, type Store } from '../ports/store';
import type { Clock } from '../ports/system';
import type { LoadedBacklog } from '../protocol/hubValues';
import { judgeAgents } from './agentsAsked';
import { Allowance } from './allowance';
import { keepConfirming } from './confirmStored';
import { openCopiesFolder } from './copiesFolder';
import { type ClientParts, handleClient, handleWorker } from './handlers';
import { hostsPart } from './hostsPart';
import type { JoinOptions } from './joinOptions';
import { sweepCopies } from './keptCopies';
import { secretFolders } from './lookAtRecords';
import { ModelGateway } from './modelGateway';
import { OfferedModels } from './offeredModels';
import { judgeScript } from './offlineScript';
import { OutputRings } from './outputRings';
import type { Owner } from './ownership';
import { shownProblems } from './shownProblems';
import { createSurroundings } from './surroundings';
import { warmWorkers } from './warmWorkers';

export interface HostOptions extends JoinOptions {
  readonly owner: Owner;
  /** Told once when this host cannot go on; it then closes by itself. */
  readonly onBroken: (cause: Failure) => void;
}

export interface Host {
  /** What was found or done at its opening that a person has to know. */
  readonly told: readonly string[];
  /** False once it is being closed, by whoever owns it or because its database refused a step. */
  isOpen(): boolean;
  /** Undoes what is at work, closes the database, and gives the workspace up. May be called twice. */
  close(): Promise<void>;
}

const defaultBacklog = 'features.json';

/**
 * Throws `Failure` when the workspace cannot be had: `denied`, `readOnly`, `diskFull`, `newer`, `corrupt`, `conflict`,
 * `occupied`, `gitSilent`, and `elsewhere`, with nothing of it changed, when its database was made elsewhere and nobody
 * said what to do with it. `owner` is withdrawn then.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  /** What has to be ended again, in the order it was begun. */
  const begun: (() => unknown)[] = [options.owner.withdraw];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const end of begun.toReversed()) {
        // One that cannot be ended well keeps none of the others from it.
        await Promise.resolve()
          .then(end)
          .catch((error: unknown) => options.log(`Closing the host: ${String(error)}`));
      }
    })();
    return closing;
  };
  try {
    const told = await build(options, (end) => void begun.push(end), close);
    return { told, isOpen: () => closing === undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns what a person has to know of the opening. */
async function build(
  options: HostOptions,
  toEnd: (end: () => unknown) => void,
  close: () => Promise<void>,
): Promise<readonly string[]> {
  const { root, face, distDir, owner, goOn, machine, onBroken } = options;
  const redactor = new Redactor();
  for (const secret of secretsIn(process.env)) redactor.add(secret);
  const log = (line: string) => options.log(redactor.text(line));
  const clock = createNodeClock();
  const ender = createProcessTerminator();
  let tellReady = () => {};
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  // First of all: who finds this host while it starts is to see that it lives.
  const server: HubServer<number> = createHubServer<number>({
    listener: owner.listener,
    hostToken: owner.token,
    ready,
    onWorker: (connection, fence) => handleWorker(connection, fence, engine.desk, offered),
    onClient: (connection) => handleClient(connection, clientParts),
    onDenied: (rejection, message) => log(`Denied at the hub (${rejection}): ${message}`),
    onBug: (error, where) =>
      log(`A bug in ${where}: ${error instanceof Error ? error.stack : String(error)}`),
  });
  toEnd(() => server.close());

  let isBroken = false;
  const broken = (cause: unknown) => {
    if (isBroken) return;
    isBroken = true;
    const failure = Failure.is(cause) ? cause : new Failure('io', String(cause), { cause });
    log(`This host cannot go on: ${failure.message}`);
    onBroken(failure);
    void close();
  };

  const isNew = !existsSync(join(root, stateFolderName));
  const stateDir = await prepareStateFolder(root);
  const looked = await Promise.all((await clearFolders(root)).map(placeOf));
  const holder = () => holderAt(dirname(owner.socketPath));
  const lease = await takeLease(stateDir, { holder, looked }, { onLost: broken, onWatching: options.onWait });
  toEnd(() => lease.release());
  owner.onMoved(() => lease.signAnew()); // or whoever follows a kill -9 would watch the place left behind
  await refuseNested(root, isNew, { onWatching: options.onWait });
  const { store, told } = await openStore(options, stateDir, clock);
  toEnd(() => store.close());
  const loaded = await store.load();
  const { execPath } = process;
  const outputs = new OutputRings(redactor);
  const allowance = new Allowance(machine, redactor);
  let backlogFile = defaultBacklog;

  const user = createUserRules(root, stateDir);
  const workspaceTag = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const spawner = createWarmSpawner({
    starter: createWorkerSpawner({
      workerPath: join(distDir, 'worker.js'),
      execPath,
      stateDir,
      ender,
    }),
    clock,
    warmTag: `${workspaceTag}-spare`,
  });
  toEnd(() => spawner.close());

  const script = new OfflineScriptFile(join(root, 'offline-script.json'));
  const top = await treeAround(root);
  const copies = await openCopiesFolder(root, machine);
  void sweepCopies(machine().copiesFolder, clock.now()).catch((error: unknown) =>
    log(`Removing old copies: ${String(error)}`),
  );

  const withheld: string[] = [];
  const secretGlobs = () => furtherSecrets(machine().secretFiles, engine.snapshot.run?.settings.secretFiles);
  const around = createSurroundings({ root, top, machine, allowance, redactor });
  const offered = new OfferedModels();
  const models = new ModelGateway(allowance, offered, around.proxies);
  const engine: Engine = new Engine({
    store,
    loaded,
    clock,
    chance: createNodeChance(),
    cores: createNodeCores(),
    machine: createNodeMachine(),
    sockets: createSystemSockets(),
    ender,
    address: () => owner.address(),
    isolation: createIsolation({
      root,
      top,
      stateDir,
      user,
      dir: copies.dir,
      beforePlace: copies.beforePlace,
      copyLimitBytes: () => machine().copyLimitBytes,
      alsoProtected: () => [backlogFile],
      variables: around.variables,
      viewMaker: around.viewMaker,
      clean: (text) => redactor.text(text),
      copyRules: () => ({
        exclude: engine.snapshot.run?.settings.copyExclude ?? [],
        links: machine().readOnlyLinks,
      }),
      secretFiles: () => secretFiles(secretGlobs()),
      onSecret: (value) => {
        redactor.add(value);
        withheld.push(value);
      },
      sharedGlobs: () => engine.snapshot.run?.settings.sharedLocks ?? [],
    }),
    spawner,
    commands: createCommandRunner({ guardPath: join(distDir, 'guard.js'), execPath, ender }),
    workspaceTag,
    allowedCommands: () => allowance.commands,
    secretFiles: secretGlobs,
    surroundings: around.ofChecks,
    redactor,
    withheld: () => [...withheld, ...secretsIn(around.variables())],
    models: allowance,
    secrets: (live) => hostsPart(live, { script, allowance, models, root, stateDir }),
    admit: (token, fence) => void server.admitWorker(hashToken(token), fence),
    onOutput: ({ attempt: { slot, fence } }, text) => outputs.add({ slot, fence, text }),
    onBroken: broken,
  });
  toEnd(() => engine.close());
  toEnd(keepConfirming(store, clock, broken));

  /** A stored run may ask for more agents than this machine allows. */
  async function startClaiming(): Promise<void> {
    const { run } = engine.snapshot;
    if (run && run.status !== 'finished' && run.settings.maxAgents > allowance.agentLimit)
      await engine.runs.configure(allowance.agentLimit);
    engine.goOn();
  }

  const editing = new Map<HubConnection, readonly string[]>();
  const readBacklog = async (file: string | undefined): Promise<LoadedBacklog> => {
    backlogFile = file ?? backlogFile;
    return loadBacklog(root, backlogFile, engine);
  };

  const clientParts: ClientParts = {
    engine,
    outputs,
    loadBacklog: readBacklog,
    judgeScript: () => judgeScript(script),
    judgeShell: around.judgeShell,
    judgeCopies: copies.judge,
    judgeAgents: (asked) => judgeAgents(asked, engine.snapshot, allowance, root, join(distDir, 'guard.js')),
    allowance,
    models,
    offered,
    goOn: startClaiming,
    setEditing: async (face, paths) => {
      if (paths.length > 0) editing.set(face, paths);
      else editing.delete(face);
      await engine.humanEditing([...editing.values()].flat());
    },
  };

  engine.log.onStored((events, snapshot) => {
    spawner.keep(warmWorkers(snapshot));
    for (const event of events) if (event.type === 'agent.ended') outputs.end(event.slot, event.fence);
  });
  await engine.begin({ epoch: owner.epoch, process: await ender.self(), face });
  tellReady();
  if (goOn) await startClaiming();
  return [...told, ...(loaded.repaired === undefined ? [] : [loaded.repaired])];
}

async function openStore(
  { root, distDir, owner, elsewhere, configDir }: HostOptions,
  dir: string,
  clock: Clock,
): Promise<{ readonly store: Store; readonly told: readonly string[] }> {
  const own = await bindingOf(root, { folders: secretFolders(configDir), make: true });
  const open = (adopt: boolean) =>
    openSqlJsStore({
      dir,
      epoch: owner.epoch,
      wasmPath: join(distDir, 'sql-wasm.wasm'),
      clock,
      binding: { own, adopt },
    });
  let isDamaged = false;
  try {
    return { store: await open(false), told: elsewhere === 'ask' ? [] : [ownRecords] };
  } catch (error) {
    isDamaged = error instanceof DamagedRecords;
    if (elsewhere === 'ask' || (isDamaged && elsewhere === 'goOn')) throw error;
    if (!isDamaged && !Failure.is(error, 'elsewhere')) throw error;
  }
  if (elsewhere === 'goOn') return { store: await open(true), told: [adoptedRecords] };
  const kept = await setAsideRecords(dir, clock.now());
  await prepareStateFolder(root);
  return { store: await open(false), told: [recordsSetAside(join('.parallel-agents', kept), isDamaged)] };
}

async function loadBacklog(root: string, file: string, engine: Engine): Promise<LoadedBacklog> {
  const { features, lastFeatureId } = engine.snapshot;
  const loaded = await loadBacklogFile(join(root, file), idsOf(features), lastFeatureId);
  if (loaded.kind === 'none') return { kind: 'none', file };
  if (loaded.kind === 'bad') return { kind: 'bad', problems: shownProblems(loaded.problems) };
  const { specs, notices } = loaded;
  const { keyed, ...counts } = await engine.loadBacklog(specs);
  const holding = keyed.map((name) => ({
    file: join(root, file),
    line: 1,
    column: 1,
    message: holdsKey(name),
  }));
  return {
    kind: 'loaded',
    features: specs.length,
    ...counts,
    seq: engine.log.stored.seq,
    notices: shownProblems([...holding, ...notices]),
  };
}

function holdsKey(name: string): string {
  return `Feature ${JSON.stringify(name)} holds a key; agents and its check get [key] in its place. Take it out of the backlog.`;
}
