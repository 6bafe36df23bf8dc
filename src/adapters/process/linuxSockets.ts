// Linux's sockets, read from /proc: whose they are is told by the processes that have them open.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Seen } from '../../core/guardrails/neighbours';
import type { LocalSockets } from '../../ports/localSockets';
import type { ProcessTable } from './processTable';
import { carriesTag } from './processTag';

interface Row {
  /** Addresses as the kernel writes them, in hex. */
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly isListening: boolean;
  /** 0 once no process has it open any more. */
  readonly inode: number;
}

const listening = '0A';

export function createLinuxSockets(table: ProcessTable, netFolder = '/proc/net'): LocalSockets {
  /** The tag of a socket's process, by inode; '' for those of others. */
  let owners = new Map<number, string>();
  /** Connections of which it was seen whose they are, by name. */
  let known = new Set<string>();

  async function look(tags: readonly string[]): Promise<Seen | undefined> {
    const rows = ['tcp', 'tcp6'].flatMap((name) => rowsOf(`${netFolder}/${name}`));
    const servers = rows.filter((row) => row.isListening);
    await learn(servers, tags);
    const own = servers.flatMap(({ localPort: port, inode }) => {
      const tag = owners.get(inode) ?? '';
      return tags.includes(tag) ? [{ port, tag }] : [];
    });
    const ports = new Set(own.map(({ port }) => port));
    const meant = rows.filter((row) => !row.isListening && isWithin(row));
    const clients = meant.filter((row) => ports.has(row.remotePort) && row.inode !== 0);
    await learn(clients, tags);
    // One that was closed while the processes were listed is nobody's, and told as such when it is over.
    for (const { inode, localPort, remotePort } of clients)
      if (owners.get(inode) !== '') known.add(nameOf(localPort, remotePort));
    const open = new Set(clients.map(({ localPort, remotePort }) => nameOf(localPort, remotePort)));
    const ended = new Map<string, number>();
    for (const { localPort, remotePort, inode } of meant) {
      if (inode !== 0) continue;
      for (const [client, port] of [
        [localPort, remotePort],
        [remotePort, localPort],
      ] as const)
        if (ports.has(port)) ended.set(nameOf(client, port), port);
    }
    forget(rows);
    return {
      servers: own,
      connections: clients.flatMap(({ remotePort: port, inode }) => {
        const tag = owners.get(inode) ?? '';
        return tag === '' ? [] : [{ port, tag }];
      }),
      ended: [...ended].flatMap(([name, port]) =>
        known.has(name) || open.has(name) ? [] : [{ name, port }],
      ),
    };
  }

  /** Finds out whose those are that are new. */
  async function learn(rows: readonly Row[], tags: readonly string[]): Promise<void> {
    const unknown = new Set(rows.map(({ inode }) => inode).filter((inode) => !owners.has(inode)));
    if (unknown.size === 0) return;
    const processes = await table.list().catch(() => []);
    for (const { pid, lineage } of processes) {
      const tag = tags.find((one) => carriesTag(lineage, one));
      if (tag === undefined) continue;
      for (const inode of inodesOf(pid)) if (unknown.delete(inode)) owners.set(inode, tag);
    }
    for (const inode of unknown) owners.set(inode, '');
  }

  /** Numbers of sockets and ports are given out again. */
  function forget(rows: readonly Row[]): void {
    const inodes = new Set(rows.map(({ inode }) => inode));
    owners = new Map([...owners].filter(([inode]) => inodes.has(inode)));
    const names = new Set(
      rows.flatMap((r) => [nameOf(r.localPort, r.remotePort), nameOf(r.remotePort, r.localPort)]),
    );
    known = new Set([...known].filter((name) => names.has(name)));
  }

  return { look };
}

function nameOf(client: number, server: number): string {
  return `${client}>${server}`;
}

/** Are both ends on this machine? */
function isWithin({ local, remote }: Row): boolean {
  return local === remote || (isLoopback(local) && isLoopback(remote));
}

/** Each group of eight digits has its bytes turned round: 127.x.x.x ends in 7F, also within IPv6. */
function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000.{6}7F$/.test(address);
}

function rowsOf(file: string): readonly Row[] {
  let text = '';
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    return []; // without IPv6 there is no such file
  }
  return text.split('\n').slice(1).flatMap(rowOf);
}

/** `  1: 0100007F:8207 0100007F:E368 06 00000000:00000000 03:00000F8D 00000000     0        0 0 3 …` */
function rowOf(line: string): readonly Row[] {
  const [, from = '', to = '', state, , , , , , inode] = line.trim().split(/\s+/);
  const [local = '', localPort = ''] = from.split(':');
  const [remote = '', remotePort = ''] = to.split(':');
  if (remotePort === '' || inode === undefined) return [];
  return [
    {
      local,
      localPort: Number.parseInt(localPort, 16),
      remote,
      remotePort: Number.parseInt(remotePort, 16),
      isListening: state === listening,
      inode: Number(inode),
    },
  ];
}

/** Those that the process has open; none where we may not look, or it is gone. */
function inodesOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [Number(inode)];
    });
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}
