// The child process in which unit and e2e tests run; its one argument is the request for `runMocha`, as JSON.

import { endWithParent } from '../bootstrap.mjs';
import { runMocha } from './mochaRun.mjs';
import { leakExitCode } from './runInNode.mjs';

/** Time a finished run has to end by itself before what keeps it alive counts as leaked. */
const quietMs = 3_000;

endWithParent();
const { failed } = await runMocha(JSON.parse(process.argv[2]));
process.exitCode = failed > 0 ? 1 : 0;
setTimeout(() => {
  // Reached only while something else keeps the loop alive, since this timer does not.
  console.error(`\nLeaked after the last test: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(leakExitCode);
}, quietMs).unref();
