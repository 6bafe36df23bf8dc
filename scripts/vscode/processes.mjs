// Looks up processes by parent, never by name alone: only what a test started itself may be ended by it.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * @param {number} parent
 * @param {string} marker text that the command line holds
 * @returns {number[]} process ids, oldest first
 */
export function childrenOf(parent, marker) {
  return list()
    .filter((entry) => entry.parent === parent && entry.command.includes(marker))
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

/**
 * @param {number} group
 * @returns {number[]} the living processes of a process group
 */
export function membersOf(group) {
  return list()
    .filter((entry) => entry.group === group)
    .map(({ pid }) => pid);
}

/**
 * A killed process whose parent died first may stay in the system's list as a zombie; it runs no more.
 *
 * @param {number} pid
 * @returns {boolean}
 */
export function isAlive(pid) {
  return list().some((entry) => entry.pid === pid);
}

/** Every process but the zombies. A bare Linux machine has no `ps`; macOS has no /proc. */
function list() {
  const all = existsSync('/proc/self/stat') ? listProc() : listPs();
  return all.filter(({ state }) => !state.startsWith('Z'));
}

function listProc() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The second field is the program's name in brackets and may hold anything, brackets too.
        const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), group: Number(group), state, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

function listPs() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,args='], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.flatMap((line) => {
    const [, pid, parent, group, state, command] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), group: Number(group), state, command }] : [];
  });
}
