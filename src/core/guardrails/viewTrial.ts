// Whether commands can see a copy at the project's own path, and what to do about it where they cannot.

/** What came of trying it. */
export type ViewTrial =
  /** @param ownProcesses commands can have a namespace of processes as well */
  | { readonly kind: 'works'; readonly program: string; readonly ownProcesses: boolean }
  /** Only Linux can do it. */
  | { readonly kind: 'otherSystem' }
  /** The copies lie in what they are copied from. */
  | { readonly kind: 'within' }
  | { readonly kind: 'notInstalled' }
  /** @param said by the program */
  | { readonly kind: 'refused'; readonly program: string; readonly said: string };

/** What the system says of namespaces of users without rights; absent where it says nothing. */
export interface NamespaceRules {
  /** `kernel.unprivileged_userns_clone` */
  readonly clone?: number;
  /** `kernel.apparmor_restrict_unprivileged_userns` */
  readonly appArmor?: number;
  /** `user.max_user_namespaces` */
  readonly most?: number;
}

const elsewhere = 'Commands see the copy at its own path';
const meaning =
  'Files that hold the project’s path (editable installs, virtual environments, build caches) lead out of the copy there, and are named when a check fails.';

/** In a sentence or two, with the mend. @param isWanted the setting `copies.samePlace` */
export function describeView(trial: ViewTrial, isWanted: boolean, rules: NamespaceRules): string {
  if (!isWanted) return `${elsewhere}: parallelAgents.copies.samePlace is off.`;
  switch (trial.kind) {
    case 'works':
      return `Commands see the copy at the project’s own path, by ${trial.program}.`;
    case 'otherSystem':
      return `${elsewhere}: only Linux can show it at the project’s. ${meaning}`;
    case 'within':
      return `${elsewhere}: it lies inside of the project’s repository. parallelAgents.copies.folder can name another folder.`;
    case 'notInstalled':
      return `${elsewhere}: bubblewrap is not installed. Install it (apt install bubblewrap, or your system’s package of that name). ${meaning}`;
    case 'refused':
      return `${elsewhere}: ${trial.program} may not make the view (${saidShortly(trial.said)}). ${mendOf(rules)} ${meaning}`;
    default:
      return trial satisfies never;
  }
}

function saidShortly(said: string): string {
  const line = said.trim().split('\n')[0]?.replace(/\.$/, '') ?? '';
  return line === '' ? 'it does not say why' : line.slice(0, 200);
}

function mendOf({ clone, appArmor, most }: NamespaceRules): string {
  if (clone === 0)
    return 'This system forbids user namespaces; sudo sysctl -w kernel.unprivileged_userns_clone=1 allows them.';
  if (most === 0)
    return 'This system allows no user namespaces; sudo sysctl -w user.max_user_namespaces=15000 does.';
  if (appArmor === 1)
    return 'AppArmor keeps programs without a profile from user namespaces; give bwrap a profile that has "userns", or sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0.';
  return 'In a container, that has to be allowed to make user namespaces (for Docker: --security-opt seccomp=unconfined).';
}
