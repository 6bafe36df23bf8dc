// The process table of the system we run on.
import { createLinuxProcessTable } from './linuxProcessTable';
import type { ProcessTable } from './processTable';
import { createPsProcessTable } from './psProcessTable';
import { createWindowsProcessTable } from './windowsProcessTable';

export function createSystemProcessTable(): ProcessTable {
  switch (process.platform) {
    case 'linux':
      return createLinuxProcessTable();
    case 'win32':
      return createWindowsProcessTable();
    default:
      return createPsProcessTable();
  }
}
