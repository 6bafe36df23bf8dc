// What a failed check may owe to the place that it ran in: paths that lead out of it, or what is closed to it there.
import { inert } from '../shared/inert';
import type { FailedCheck } from './failedCheck';

/** How a check's place was to it. Paths are from the top of what is copied; of many, not all. */
export interface SeenPlace {
  /** It was seen at the workspace's own path. */
  readonly isInView: boolean;
  /** Elsewhere: files in it that hold that path where tools follow such paths, the likeliest to be followed first. */
  readonly waysBack: readonly string[];
  /** Links that lead out of what is copied, but for those to programs. */
  readonly linksOut: readonly string[];
  /** What the user has left out of copies; folders with a last `/`. */
  readonly excluded: readonly string[];
  /** Packages that are otherwise in the workspace now than the place was given them. */
  readonly installed: readonly string[];
  /** What the user's Git runs programs for, and Git in the place does not. */
  readonly gitPrograms: readonly GitProgram[];
}

export interface GitProgram {
  /** As `filter.lfs` or `diff.pdf`. */
  readonly setting: string;
  /** One of the files that it is for. */
  readonly file: string;
}

const mostNamed = 3;

/** For people; undefined where nothing leads back. */
export function describeWaysBack({ isInView, waysBack }: SeenPlace): string | undefined {
  if (isInView || waysBack.length === 0) return undefined;
  const [lead, them] = waysBack.length === 1 ? ['leads', 'it'] : ['lead', 'them'];
  return `${listed(waysBack)} ${lead} back into the workspace by its path: what the check found by ${them} was the workspace's, not the agent's. On Linux, with bubblewrap installed, checks see the copy at that path; else write such paths relative to the project.`;
}

/** For people; undefined where no link leads out. */
export function describeLinksOut({ isInView, linksOut }: SeenPlace): string | undefined {
  if (linksOut.length === 0) return undefined;
  const [lead, are] = linksOut.length === 1 ? ['leads', 'is a link that'] : ['lead', 'are links that'];
  const there = isInView
    ? 'what is there is not copied, and checks can only read it'
    : 'what is there is not copied, and what checks write there is changed for all';
  return `${listed(linksOut)} ${are} ${lead} out of the project: ${there}.`;
}

/** For people; undefined where nothing is left out. */
export function describeExcluded({ excluded }: SeenPlace): string | undefined {
  if (excluded.length === 0) return undefined;
  return `${listed(excluded)} ${excluded.length === 1 ? 'is' : 'are'} left out of copies by parallelAgents.copies.exclude.`;
}

/** For people; undefined where nothing was. */
export function describeInstalled({ installed }: SeenPlace): string | undefined {
  if (installed.length === 0) return undefined;
  return `In your own folder packages were installed, changed or removed since the copy got them: ${listed(installed)}. The check ran on what the copy had of them.`;
}

/** For people; undefined where Git has all of them, or the check has nothing to do with it. */
export function describeGitPrograms(
  { command, output }: FailedCheck,
  { gitPrograms }: SeenPlace,
): string | undefined {
  if (gitPrograms.length === 0 || !/\bgit\b/i.test(command + output)) return undefined;
  const settings = listed(gitPrograms.map(({ setting }) => setting));
  const files = listed(gitPrograms.map(({ file }) => file));
  return `The repository's own settings name programs for Git to run (${settings}), which Git in copies does not: there \`git status\`, \`diff\` and \`add\` take such files as they lie on the disk, and may call them changed (${files}). Set for all your repositories, with \`git config --global\`, they are run in copies too.`;
}

/** For people and the log. */
export function describeMixed(installed: readonly string[]): string {
  return `In your own folder packages were installed, changed or removed while the feature was built (${listed(installed)}), and its agent has installed others in the copy. The two would not fit each other, so it begins anew on what you have now.`;
}

/** @param putBack by path, why @returns for people; undefined where nothing was */
export function describePutBack(putBack: ReadonlyMap<string, string>): string | undefined {
  if (putBack.size === 0) return undefined;
  const named = [...putBack].slice(0, mostNamed).map(([path, why]) => `"${inert(path)}" (${inert(why)})`);
  const more = putBack.size > mostNamed ? ` and ${putBack.size - mostNamed} more` : '';
  return `What commands of the agent made of ${named.join(', ')}${more} was put back before it.`;
}

const noDaemon =
  /cannot connect to the docker daemon|failed to connect to the docker api|cannot connect to podman|docker\.sock|podman\.sock|could not find a valid docker environment/i;

/** For people; undefined where the check misses nothing that was closed to it. */
export function describeClosed({ output }: FailedCheck, { isInView }: SeenPlace): string | undefined {
  if (!isInView || !noDaemon.test(output)) return undefined;
  return "Docker and Podman are closed to checks that see the copy at the workspace's own path, for by that path they would work on the workspace itself; with parallelAgents.copies.samePlace off in your own settings, checks run at the copy's path and reach them.";
}

const noNetwork =
  /(?:getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|could not resolve (?:host|hostname)|temporary failure in name resolution|name or service not known|network is unreachable|ENETUNREACH|no such host|dial tcp: lookup)[^\n]{0,80}/i;

/** For people; undefined where the check names no lack of a network. */
export function describeNoNetwork({ output }: FailedCheck): string | undefined {
  const [words] = noNetwork.exec(output) ?? [];
  if (words === undefined) return undefined;
  return `It did not reach the network ("${inert(words.trim())}"). Checks have that of this machine, by the proxies that are named where this run was started (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).`;
}

function listed(names: readonly string[]): string {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return (
    names
      .slice(0, mostNamed)
      .map((name) => `"${inert(name)}"`)
      .join(', ') + more
  );
}
