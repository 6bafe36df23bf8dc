// The places that agents work in, one for each slot: each a copy of the workspace on disk, apart from it and from the others.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type SecretFiles, secretFiles } from '../../core/features/namedSecrets';
import { pathMatcher } from '../../core/locks/sharedPaths';
import type { Slot } from '../../core/shared/ids';
import type { Arrivals, FileTexts, Isolation, Lacking } from '../../ports/isolation';
import type { ViewMaker } from '../../ports/workers';
import { asFailures } from '../files/fileFailure';
import { gitDirectoryAround } from '../files/gitDirectory';
import { inParallel } from '../files/inParallel';
import { removeTree } from '../files/removeTree';
import type { UserRules } from '../files/userRules';
import { anticipate, endAnticipation, putAnticipated } from './anticipate';
import { ArrivalList } from './arrivals';
import { type Arriving, bringUpToDate, newsIn } from './bringUpToDate';
import { commandPlaceOf } from './commandPlaces';
import { ignoredBy } from './ignoredBy';
import { hasOwnInstalled, type InstalledRule, installedRule, installedSince } from './installed';
import { layFile } from './lay';
import { type CopyRules, createLeftOut, type LeftOut, LinkedParts } from './leftOut';
import { heldForReading, type LinkOut, linksOut } from './linksOut';
import { locateChange } from './locateChange';
import { isOfPackages } from './manifest';
import { whyNotCopied } from './notCopied';
import { placeChanges } from './placeChanges';
import { type Edited, moveInPlace, writeInPlace } from './placeEdits';
import { textsInPlace } from './placeTexts';
import { prepare, surveyPlace } from './prepare';
import { createProtection } from './protection';
import type { PlacedChange } from './publisher';
import { restoreFile } from './restore';
import { secretsHeld } from './secretsHeld';
import { SecretsSeen } from './secretsSeen';
import { withShownSecrets } from './shownSecrets';
import type { SlotPlace } from './slotPlace';
import { type OwnPlace, Slots } from './slots';
import type { Found } from './survey';
import { waysBack } from './waysBack';
import { whereabouts } from './whereabouts';
import { isUnread, WorkspaceLook } from './workspaceLook';

export interface PlacesOptions {
  /** The workspace's real path: absolute, without links. */
  readonly root: string;
  /** What is copied (`treeAround`). */
  readonly top: string;
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
  /** Which files of the workspace are secrets; absent: what always is. */
  readonly secretFiles?: () => SecretFiles;
  /** Told of each value in the workspace's secret files once, before a place that has it is ready. */
  readonly onSecret?: (value: string) => void;
  /** What commands get of the user's environment. */
  readonly variables?: () => Readonly<Record<string, string>>;
  /** Shows a folder at another path to commands (`findViewMaker`); absent: none does. */
  readonly viewMaker?: (from: string, at: string) => Promise<ViewMaker | undefined>;
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
    | 'bringPackages'
    | 'write'
    | 'move'
    | 'changes'
    | 'leaveEmptied'
    | 'putBack'
    | 'texts'
    | 'anticipate'
    | 'news'
    | 'lay'
    | 'restore'
    | 'secretsIn'
  > {
  /** In which each command of the slot has a folder for what it leaves for people; outside of the place. */
  artifactsDir(slot: Slot): string;
  /** Runs `work` with where the states of changed files are, in its turn among the calls for the slot. */
  located<T>(
    slot: Slot,
    paths: readonly string[],
    work: (changes: readonly PlacedChange[]) => Promise<T>,
  ): Promise<T>;
}

/** A slot that was not prepared in this process is, by whatever is called first. */
export function createPlaces(options: PlacesOptions): Places {
  const { root, user } = options;
  const where = whereabouts(root, options.top, options.dir);
  const { top, inside, room, folderOf, artifactsDir } = where;
  const protectionAt = createProtection(root, options.alsoProtected ?? (() => []));
  const leftOut = () => createLeftOut(options.copyRules?.() ?? { exclude: [], links: [] }, inside);
  const linked = new LinkedParts(top, options.dir);
  const ownPath = path.relative(top, options.dir).replaceAll(path.sep, '/');
  const isSecret = () => options.secretFiles?.() ?? secretFiles([]);
  const secrets = new SecretsSeen(where, isSecret, options.onSecret ?? (() => {}));
  const look = new WorkspaceLook({ top, room, own: ownPath }, leftOut, linked, secrets);
  const viewMaker = async () => options.viewMaker?.(options.dir, top);
  const slots = new Slots(where, user, prepareOwn);

  function outOf(place: SlotPlace): readonly LinkOut[] {
    return linksOut({ top, own: options.dir }, place.manifest);
  }

  /** As far as Git can see them. */
  function secretPathsIn({ manifest }: SlotPlace): readonly string[] {
    return gitDirectoryAround(root) === undefined ? [] : secrets.among(manifest.keys());
  }

  async function prepareOwn(own: OwnPlace): Promise<Lacking> {
    own.isPrepared = false;
    const ready = makeReady(own);
    const looked = look.whole(ready);
    looked.catch(() => undefined); // it may fail before anybody waits for it
    await ready;
    const limitBytes = options.copyLimitBytes?.() ?? Number.POSITIVE_INFINITY;
    const wanted = { looked, setUp: own.setUp, leftOut: leftOut().of, limitBytes };
    const unread = await prepare(own.place, look, wanted);
    own.isPrepared = true;
    return { unread };
  }

  async function makeReady({ slot, place }: OwnPlace): Promise<void> {
    await options.beforePlace?.();
    await removeTree(artifactsDir(slot));
    place.gits.isInView = (await viewMaker()) !== undefined;
  }

  /** Runs `work` with what it needs to take things in, and tells what came. */
  async function arriving(place: SlotPlace, work: (arriving: Arriving) => Promise<void>): Promise<Arrivals> {
    const isIgnoredPath = ignoredBy(await user.rules.top());
    const told = new ArrivalList(inside, (file) => !isIgnoredPath(file));
    const isShared = pathMatcher(options.sharedGlobs());
    await work({
      place,
      told,
      isShared: (at) => at.startsWith(inside) && isShared(at.slice(inside.length)),
      isIgnored: (at) => !at.startsWith(inside) || isIgnoredPath(at.slice(inside.length)),
    });
    return told.sorted();
  }

  /** In the workspace, from there. */
  function repositoriesOf({ gits }: SlotPlace): readonly string[] {
    return gits.folders.flatMap((at) => (at.startsWith(inside) ? at.slice(inside.length) : []));
  }

  async function installedHere(): Promise<InstalledRule> {
    return installedRule(inside, ignoredBy(await user.rules.top()));
  }

  async function edited({ slot, place }: OwnPlace): Promise<Edited> {
    // The workspace's own settings of Git count, and what lies beside the file in the place.
    const protection = await protectionAt(folderOf(slot), repositoriesOf(place));
    const rules = leftOut();
    return {
      place,
      root: await realpath(folderOf(slot)),
      protection: (file) =>
        whyLeftOut(rules.of(inside + file, 'file')) ?? whyNotCopied(place, inside + file) ?? protection(file),
    };
  }

  return {
    folderOf,
    artifactsDir,
    commandPlace: async (slot) => {
      const { place, idle } = slots.of(slot);
      await idle;
      return commandPlaceOf(where, slot, {
        variables: options.variables?.() ?? {},
        maker: await viewMaker(),
        parts: () => [
          ...heldForReading(outOf(place), [top, options.dir]),
          ...place.gits.objects,
          ...linked.mounts(leftOut().links),
        ],
      });
    },
    seen: (slot) =>
      slots.inPrepared(slot, 'look for ways back', async ({ place }) => {
        const isInView = (await viewMaker()) !== undefined;
        const back = isInView ? [] : await waysBack(place.options, place.manifest.keys());
        const installed = await installedSince(place, (await look.whole()).theirs, await installedHere());
        const gitPrograms = await place.gits.programsLeftOut();
        const out = outOf(place).flatMap(({ link, isProgram }) => (isProgram ? [] : [link]));
        return { isInView, waysBack: back, linksOut: out, excluded: place.excluded, installed, gitPrograms };
      }),
    isSetUp: (slot, command) =>
      slots.inPrepared(slot, 'look at the lockfiles', ({ setUp }) => setUp.isBy(command)),
    wasSetUp: (slot, command) =>
      slots.inPrepared(slot, 'keep what it was set up with', async ({ place, setUp }) => {
        const ours = await surveyPlace(place);
        place.madeBySetUp.learn(ours, place.manifest);
        await setUp.record(command, ours, leftOut().of);
      }),
    prepare: (slot) => slots.inTurn(slot, 'put the workspace', prepareOwn),
    bringUpToDate: (slot, paths) =>
      slots.inPrepared(slot, 'bring the workspace up to date', ({ place }) =>
        arriving(place, async (into) => {
          const scopes = paths?.map((file) => inside + file);
          const { theirs, unread } = scopes ? await look.of(scopes) : await look.withoutPackages();
          const isIn = (at: string) => scopes?.some((one) => at === one || at.startsWith(`${one}/`)) ?? true;
          const isLooked = (at: string) => isIn(at) && !isOfPackages(at) && !isUnread(unread, at);
          await bringUpToDate(into, theirs, isLooked);
          endAnticipation(place, isLooked);
          if (!paths) await place.gits.bringUpToDate();
        }),
      ),
    bringPackages: (slot) =>
      slots.inPrepared(slot, 'bring packages over', async ({ place }) => {
        const [{ theirs, unread }, isOf] = [await look.whole(), await installedHere()];
        const packages = await installedSince(place, theirs, isOf);
        if (packages.length === 0) return { packages, isMixed: false };
        if (hasOwnInstalled(place, await surveyPlace(place), isOf)) return { packages, isMixed: true };
        await arriving(place, async (into) => {
          const installed = new Map([...theirs].filter(([at]) => isOf(at)));
          await bringUpToDate(into, installed, (at) => isOf(at) && !isUnread(unread, at));
        });
        return { packages, isMixed: false };
      }),
    write: (slot, write) =>
      slots.inPrepared(slot, `write "${write.path}"`, async (own) => writeInPlace(await edited(own), write)),
    move: (slot, move) =>
      slots.inPrepared(slot, `move "${move.from}"`, async (own) => moveInPlace(await edited(own), move)),
    changes: (slot) =>
      slots.inPrepared(slot, 'look for changes', async ({ place, rules, published }) => {
        const protection = await protectionAt(folderOf(slot), repositoriesOf(place));
        const why = (file: string) => {
          const words = whyNotCopied(place, inside + file) ?? protection(file);
          return words && `"${file}" ${words}; agents do not write it.`;
        };
        const [theirs, own] = [await user.rules.top(), await rules.top()];
        const changes = await placeChanges(place, { user: theirs, own, why, leftOut: leftOut().of });
        const afterwards = async () => ({ user: theirs, after: await published.top() });
        return withShownSecrets(changes, () => secretPathsIn(place), afterwards);
      }),
    leaveEmptied: (slot, paths) =>
      slots.inPrepared(slot, 'remove emptied folders', async ({ place }) => {
        const folders = new Map(paths.map((file) => [path.posix.dirname(file), inside + file]));
        for (const [, at] of [...folders].sort().reverse()) await place.leaveEmptied(at, 'allEmptied');
      }),
    putBack: (slot, paths) =>
      slots.inPrepared(slot, 'put files back', async ({ place }) => {
        const [coming, now] = [[] as string[], [] as (readonly [at: string, wanted: Found | undefined])[]];
        for (const at of paths.map((file) => inside + file))
          if (place.anticipated.has(at)) coming.push(at);
          else now.push([at, look.at(at)]);
        const [made, others] = [now.filter(([, wanted]) => !wanted), now.filter(([, wanted]) => wanted)];
        // What is only here makes room first. One of a folder says for all of it whether it is empty now.
        await inParallel(made, ([at]) => place.remove(at));
        const folders = new Map(made.map(([at]) => [path.posix.dirname(at), at]));
        for (const [, at] of [...folders].sort().reverse()) await place.leaveEmptied(at);
        for (const [at, wanted] of others) await place.take(at, wanted); // each may make way for the next
        for (const at of coming) await putAnticipated(place, at);
      }),
    texts: (slot, paths) =>
      slots.inPrepared(slot, 'read files', async ({ place }) => {
        const texts = new Map<string, FileTexts>();
        for (const file of paths) texts.set(file, await textsInPlace(place, inside + file));
        return texts;
      }),
    anticipate: (slot, files) =>
      slots.inPrepared(slot, 'take in what is to come', ({ place }) =>
        anticipate(place, files, options.staged),
      ),
    news: (slot) =>
      slots.inPrepared(slot, 'look for news', async ({ place }) => {
        const isIgnored = ignoredBy(await user.rules.top());
        const { theirs, unread } = await look.withoutPackages();
        const isLooked = (at: string) => at.startsWith(inside) && !isOfPackages(at) && !isUnread(unread, at);
        const news = (await newsIn(place, theirs, isLooked)).map((at) => at.slice(inside.length));
        return news.filter((file) => !isIgnored(file)).sort();
      }),
    lay: (slot, files) =>
      slots.inPrepared(slot, 'lay files', ({ place }) =>
        arriving(place, async (into) => {
          for (const file of files) await layFile(into, file, options.staged);
        }),
      ),
    restore: async (slot, files) => {
      const { overlaps } = await slots.inPrepared(slot, 'put work back', ({ place }) =>
        arriving(place, async (into) => {
          for (const file of files)
            await restoreFile(into, file, options.staged, look.at(inside + file.path));
        }),
      );
      return overlaps;
    },
    secretsIn: (files) =>
      asFailures('look for secrets in what was changed', () => secretsHeld(secrets, files, options.staged)),
    located: (slot, paths, work) =>
      slots.inPrepared(slot, 'keep what was changed', async ({ place }) => {
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
