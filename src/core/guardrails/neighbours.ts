// Whether a command may have been answered by a server that belongs to another command of ours.

/** What one look at the machine's sockets found of commands at work, each known by its mark. */
export interface Seen {
  /** TCP ports at which one of them listens. */
  readonly servers: readonly { readonly port: number; readonly tag: string }[];
  /** Open connections from one of them to one of those ports. */
  readonly connections: readonly { readonly port: number; readonly tag: string }[];
  /** Connections to those ports that are over, of which nobody can tell any more whose they were; by a name each. */
  readonly ended: readonly { readonly port: number; readonly name: string }[];
}

/** A command while it runs beside others. */
export interface Beside {
  readonly tag: string;
  /** The first of the ports that are this command's alone; undefined where it has none. */
  readonly firstPort: number | undefined;
}

/** So many from the first one on. */
export const ownPorts = 10;
/** Looks at which a server has to be there for a connection of unknown origin to it to be held against others. */
const leastLooks = 2;

/**
 * Remembers what was seen of commands that run side by side. A connection from one to another's port is sure. One that was
 * over before anybody could see whose it was tells less: it is held against all that ran then and have no server of their
 * own, for a check whose server cannot start, as its port is taken, has none. It is not where the port is one that only its
 * owner is told of. So some are suspected without a cause; it costs them another run.
 */
export class Neighbours {
  readonly #open = new Map<Beside, State>();
  /** By port the marks of those that listen or have listened there, each with at how many looks. */
  readonly #servers = new Map<number, Map<string, number>>();
  readonly #firstPorts = new Map<string, number>();
  readonly #ended = new Set<string>();

  get open(): readonly Beside[] {
    return [...this.#open.keys()];
  }

  begin(command: Beside): void {
    const { tag, firstPort } = command;
    if (firstPort !== undefined) this.#firstPorts.set(tag, firstPort);
    this.#open.set(command, { isAnswered: false, hasServer: false, unknown: new Set() });
  }

  see({ servers, connections, ended }: Seen): void {
    for (const { port, tag } of uniqueBy(servers)) {
      const looks = this.#servers.get(port) ?? new Map<string, number>();
      this.#servers.set(port, looks.set(tag, (looks.get(tag) ?? 0) + 1));
      for (const [command, state] of this.#open) if (command.tag === tag) state.hasServer = true;
    }
    for (const { port, tag } of connections) {
      if (![...(this.#servers.get(port)?.keys() ?? [])].some((other) => other !== tag)) continue;
      for (const [command, state] of this.#open) if (command.tag === tag) state.isAnswered = true;
    }
    for (const { port, name } of ended) {
      if (this.#ended.has(name)) continue;
      this.#ended.add(name);
      for (const { unknown } of this.#open.values()) unknown.add(port);
    }
  }

  /** Would one more look tell more of it? */
  isOpen(command: Beside): boolean {
    const state = this.#open.get(command);
    return (
      state !== undefined &&
      !this.#isDoubtful(command, state, leastLooks) &&
      this.#isDoubtful(command, state, 1)
    );
  }

  /** May what it came to be another's work? It is not followed any further. */
  end(command: Beside): boolean {
    const state = this.#open.get(command);
    const isDoubtful = state !== undefined && this.#isDoubtful(command, state, leastLooks);
    this.#open.delete(command);
    if (this.#open.size === 0)
      for (const memory of [this.#servers, this.#firstPorts, this.#ended]) memory.clear();
    return isDoubtful;
  }

  #isDoubtful({ tag }: Beside, { isAnswered, hasServer, unknown }: State, looks: number): boolean {
    return isAnswered || (!hasServer && [...unknown].some((port) => this.#isOthers(port, tag, looks)));
  }

  #isOthers(port: number, tag: string, least: number): boolean {
    const looks = this.#servers.get(port);
    if (!looks || looks.has(tag)) return false;
    return [...looks].some(([other, count]) => count >= least && !this.#isOwn(port, other));
  }

  #isOwn(port: number, tag: string): boolean {
    const first = this.#firstPorts.get(tag);
    return first !== undefined && port >= first && port < first + ownPorts;
  }
}

interface State {
  /** By a server that another has, or has had. */
  isAnswered: boolean;
  hasServer: boolean;
  /** Ports to which there were connections of which nobody knows whose they were. */
  readonly unknown: Set<number>;
}

/** A server may listen at several addresses. */
function uniqueBy<T extends { readonly port: number; readonly tag: string }>(
  all: readonly T[],
): readonly T[] {
  return [...new Map(all.map((one) => [`${one.port} ${one.tag}`, one])).values()];
}
