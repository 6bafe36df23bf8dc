// A folder for tests that kill processes.
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

/** In memory where that can be: what a killed process leaves is the same there, and a sync takes no time. */
export function fastFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
