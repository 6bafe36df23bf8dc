// The places that agents work in, one for each slot: each a copy of the workspace on disk, apart from it and from the others.
import { mkdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { pathMatcher } from '../../core/locks/sharedPaths';
import type { Slot } from '../../core/shared/ids';
import { Failure } from '../../ports/failure';
import type { Arrivals, Isolation, Lacking } from '../../ports/isolation';
import { asFailures } from '../files/fileFailure';
import { IgnoreRules } from '../files/ignoreRules';
import { removeTree } from '../files/removeTree';
import type { UserRules } from '../files/userRules';
import { firstFreePort } from '../system/freePorts';
import { ArrivalList } from './arrivals';
import { type Arriving, bringUpToDate } from './bringUpToDate';
import { elsewhere, inView } from './commandPlaces';
import { treeAround } from './gitSource';
import { ignoredBy } from './ignoredBy';
import { layFile } from './lay';
import { type CopyRules, createLeftOut, type LeftOut, LinkedParts } from './leftOut';
import { locateChange } from './locateChange';
import { isOfPackages } from './manifest';
import { placeChanges } from './placeChanges';
import { type Edited, moveInPlace, writeInPlace } from './placeEdits';
import { prepare, surveyPlace } from './prepare';
import { createProtection } from './protection';
import type { PlacedChange } from './publisher';
import { SecretsSeen } from './secretsSeen';
import { SetUp } from './setUp';
import { SlotPlace } from './slotPlace';
import { waysBack } from './waysBack';
import { isUnread, WorkspaceLook } from './workspaceLook';

export interface PlacesOptions {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  /** Where the places are: a folder of ours outside of the workspace, absolute and without links. */
  readonly dir: string;
  readonly user: UserRules;
  /** Called before a place is prepared; what it rejects with, `prepare` does. */
  readonly beforePlace?: () => Promise<void>;
  /** No place is prepared of a project with more bytes than that; absent: of any. */
  readonly copyLimitBytes?: () => number;
  /** Files in which lines that two attempts add at one spot are both taken (`core/locks/sharedPaths`). */
  readonly sharedGlobs: () => readonly string[];
  /** Canonical paths that no agent may write besides those that never may, such as a backlog of another name. */
  readonly alsoProtected?: () => readonly string[];
  /** What the user does not want copied. */
  readonly copyRules?: () => CopyRules;
  /** Told of each value in the workspace's secret files once, before a place that has it is ready. */
  readonly onSecret?: (value: string) => void;
  /** What commands get of the user's environment. */
  readonly variables?: () => Readonly<Record<string, string>>;
  /** Shows a folder at another path to commands (`findViewMaker`); absent: none does. */
  readonly viewMaker?: (from: string, at: string) => Promise<string | undefined>;
  /** The content of staged files by hash. */
  readonly staged: (hash: string) => Promise<Buffer>;
}

export interface Places
  extends Pick<
    Isolation,
    | 'folderOf'
    | 'commandPlace'
    | 'seen'
    | 'isSetUp'
    | 'wasSetUp'
    | 'prepare'
    | 'bringUpToDate'
    | 'write'
    | 'move'
    | 'changes'
    | 'putBack'
    | 'lay'
  > {
  /** Where commands of the slot leave what is for people; outside of the place. */
  artifactsDir(slot: Slot): string;
  /** Runs `work` with where the states of changed files are, in its turn among the calls for the slot. */
  located<T>(
    slot: Slot,
    paths: readonly string[],
    work: (changes: readonly PlacedChange[]) => Promise<T>,
  ): Promise<T>;
}

/** What is known of one slot. */
interface OwnPlace {
  readonly place: SlotPlace;
  readonly setUp: SetUp;
  /** What ignore files say that lie in the place. */
  readonly rules: IgnoreRules;
  isPrepared: boolean;
  /** Settles when the last call has. */
  idle: Promise<unknown>;
}

/** A slot that was not prepared in this process is, by whatever is called first. */
export function createPlaces(options: PlacesOptions): Places {
  const { root, user } = options;
  const top = treeAround(root);
  const inside = top === root ? '' : `${path.relative(top, root).replaceAll(path.sep, '/')}/`;
  const protectionAt = createProtection(root, options.alsoProtected ?? (() => []));
  const slots = new Map<Slot, OwnPlace>();
  const slotDir = (slot: Slot) => path.join(options.dir, String(slot));
  // Named as the workspace is: there are tools that call things by their folder.
  const placeDir = (slot: Slot) => path.join(slotDir(slot), 'copy', path.basename(top) || 'root');
  const folderOf = (slot: Slot) => path.join(placeDir(slot), inside);
  const artifactsDir = (slot: Slot) => path.join(slotDir(slot), 'artifacts');
  const ownPath = path.relative(top, options.dir).replaceAll(path.sep, '/');
  const secrets = new SecretsSeen(top, options.onSecret ?? (() => {}));
  const viewMaker = async () => options.viewMaker?.(options.dir, top);
  const leftOut = () => createLeftOut(options.copyRules?.() ?? { exclude: [], links: [] }, inside);
  const linked = new LinkedParts(top, options.dir);
  const look = new WorkspaceLook(top, ownPath, leftOut, linked, secrets);

  function ownOf(slot: Slot): OwnPlace {
    const known = slots.get(slot);
    if (known) return known;
    const beside = (name: string) => path.join(slotDir(slot), name);
    const [staging, bases, memory] = [beside('incoming'), beside('bases'), beside('manifest')];
    const folders = { top, inside, dir: placeDir(slot), staging, bases, borrowed: beside('objects') };
    const place = new SlotPlace({ ...folders, memory });
    const own = {
      place,
      setUp: new SetUp(place, beside('setup')),
      rules: new IgnoreRules(folderOf(slot), user.tracked),
      ...{ isPrepared: false, idle: Promise.resolve() },
    };
    slots.set(slot, own);
    return own;
  }

  function inTurn<T>(slot: Slot, doing: string, work: (own: OwnPlace) => Promise<T>): Promise<T> {
    const own = ownOf(slot);
    const done = own.idle.then(() =>
      asPlaceFailures(`${doing} in the copy of slot ${slot}`, async () => {
        try {
          return await work(own);
        } finally {
          await own.place.settle();
        }
      }),
    );
    own.idle = done.catch(() => undefined);
    return done;
  }

  async function prepareOwn(slot: Slot, own: OwnPlace): Promise<Lacking> {
    own.isPrepared = false;
    await options.beforePlace?.();
    await removeTree(artifactsDir(slot));
    const limitBytes = options.copyLimitBytes?.() ?? Number.POSITIVE_INFINITY;
    const unread = await prepare(own.place, look, { setUp: own.setUp, leftOut: leftOut().of, limitBytes });
    own.isPrepared = true;
    return { unread };
  }

  function inPrepared<T>(slot: Slot, doing: string, work: (own: OwnPlace) => Promise<T>): Promise<T> {
    return inTurn(slot, doing, async (own) => {
      if (!own.isPrepared) await prepareOwn(slot, own);
      return work(own);
    });
  }

  /** Runs `work` with what it needs to take things in, and tells what came. */
  async function arriving(place: SlotPlace, work: (arriving: Arriving) => Promise<void>): Promise<Arrivals> {
    const isIgnoredPath = ignoredBy(await user.rules.top());
    const told = new ArrivalList(inside, (file) => !isIgnoredPath(file));
    const isShared = pathMatcher(options.sharedGlobs());
    await work({
      ...{ place, told },
      isShared: (at) => at.startsWith(inside) && isShared(at.slice(inside.length)),
      isIgnored: (at) => !at.startsWith(inside) || isIgnoredPath(at.slice(inside.length)),
    });
    return told.sorted();
  }

  async function edited(slot: Slot, { place }: OwnPlace): Promise<Edited> {
    // The workspace's own settings of Git count, and what lies beside the file in the place.
    const protection = await protectionAt(folderOf(slot));
    const rules = leftOut();
    return {
      ...{ place, root: await realpath(folderOf(slot)) },
      protection: (file) => whyLeftOut(rules.of(inside + file, 'file')) ?? protection(file),
    };
  }

  return {
    folderOf,
    artifactsDir,
    commandPlace: async (slot) => {
      mkdirSync(artifactsDir(slot), { recursive: true, mode: 0o700 });
      const port = await firstFreePort(root, slot);
      const { place } = ownOf(slot);
      const [variables, program] = [options.variables?.() ?? {}, await viewMaker()];
      const around = {
        PARALLEL_AGENTS_SLOT: String(slot),
        PARALLEL_AGENTS_ARTIFACTS: artifactsDir(slot),
        ...(port !== undefined && { PARALLEL_AGENTS_PORT: String(port) }),
      };
      return program === undefined
        ? elsewhere(place.options, { variables, around })
        : inView(place.options, {
            ...{ variables, around, program },
            parts: [...place.gits.objects, ...linked.mounts(leftOut().links)],
          });
    },
    seen: (slot) =>
      inPrepared(slot, 'look for ways back', async ({ place }) => {
        const isInView = (await viewMaker()) !== undefined;
        const back = isInView ? [] : await waysBack(place.options, place.manifest.keys());
        return { isInView, waysBack: back, excluded: place.excluded };
      }),
    isSetUp: (slot, command) => inPrepared(slot, 'look at the lockfiles', ({ setUp }) => setUp.isBy(command)),
    wasSetUp: (slot, command) =>
      inPrepared(slot, 'keep what it was set up with', async ({ place, setUp }) =>
        setUp.record(command, await surveyPlace(place), leftOut().of),
      ),
    prepare: (slot) => inTurn(slot, 'put the workspace', (own) => prepareOwn(slot, own)),
    bringUpToDate: (slot, paths) =>
      inPrepared(slot, 'bring the workspace up to date', ({ place }) =>
        arriving(place, async (into) => {
          const scopes = paths?.map((file) => inside + file);
          const { theirs, unread } = scopes ? await look.of(scopes) : await look.withoutPackages();
          const isIn = (at: string) => scopes?.some((one) => at === one || at.startsWith(`${one}/`)) ?? true;
          const isLooked = (at: string) => isIn(at) && !isOfPackages(at) && !isUnread(unread, at);
          await bringUpToDate(into, theirs, isLooked);
          if (!paths) await place.gits.bringUpToDate();
        }),
      ),
    write: (slot, write) =>
      inPrepared(slot, `write "${write.path}"`, async (own) => writeInPlace(await edited(slot, own), write)),
    move: (slot, move) =>
      inPrepared(slot, `move "${move.from}"`, async (own) => moveInPlace(await edited(slot, own), move)),
    changes: (slot) =>
      inPrepared(slot, 'look for changes', async ({ place, rules }) => {
        const protection = await protectionAt(folderOf(slot));
        const why = (file: string) => {
          const words = protection(file);
          return words && `"${file}" ${words}; agents do not write it.`;
        };
        const [theirs, own] = [await user.rules.top(), await rules.top()];
        return placeChanges(place, { user: theirs, own, why, leftOut: leftOut().of });
      }),
    putBack: (slot, paths) =>
      inPrepared(slot, 'put files back', async ({ place }) => {
        for (const file of paths) await place.take(inside + file, look.at(inside + file));
      }),
    lay: (slot, files) =>
      inPrepared(slot, 'lay files', ({ place }) =>
        arriving(place, async (into) => {
          for (const file of files) await layFile(into, file, options.staged);
        }),
      ),
    located: (slot, paths, work) =>
      inPrepared(slot, 'keep what was changed', async ({ place }) => {
        const changes: PlacedChange[] = [];
        for (const file of paths) changes.push(await locateChange(place, file));
        return work(changes);
      }),
  };
}

function whyLeftOut(how: ReturnType<LeftOut['of']>): string | undefined {
  if (how === undefined) return undefined;
  return how === 'excluded'
    ? 'is left out of copies (parallelAgents.copies.exclude)'
    : 'is only linked into copies, to be read (parallelAgents.copies.readOnlyLinks)';
}

/** What cannot be read of the workspace is passed over; what is refused in the place itself is refused to every attempt. */
async function asPlaceFailures<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await asFailures(doing, work);
  } catch (error) {
    if (!Failure.is(error, 'denied') && !Failure.is(error, 'io')) throw error;
    throw new Failure('noCopy', error.message, { cause: error });
  }
}
