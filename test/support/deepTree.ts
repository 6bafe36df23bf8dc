// A tree deeper than any path the system takes, made as programs make one: from folder to folder.
import { execFileSync } from 'node:child_process';

/** Of 20 letters; 300 of them one in the other make 6,300 bytes, of which Linux takes 4,096 in one path. */
export const deepName = 'abcdefghijklmnopqrst';
const levelsAtOnce = 150;

/** In `folder`, which is there; at its end lies the file `f`. */
export function makeDeepTree(folder: string): void {
  const half = Array.from({ length: levelsAtOnce }, () => deepName).join('/');
  const script = `mkdir -p ${half} && cd -P ${half} && mkdir -p ${half} && cd -P ${half} && echo y > f`;
  execFileSync('/bin/sh', ['-p', '-c', script], { cwd: folder, stdio: 'ignore' }); // -p: as the user that a test is just now
}

/** By the system's own program, for a test that leaves one. */
export function removeDeepTree(folder: string): void {
  execFileSync('rm', ['-rf', folder]);
}
