#!/usr/bin/env node
// Stands in for a desktop VS Code: `@vscode/test-electron` starts it with the flags it would give to `code`, and it
// runs the same tests in the VS Code server and a headless browser, ending with their exit code.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import { endWithParent } from '../bootstrap.mjs';
import { openVsCode } from './openVsCode.mjs';

/** Time for a result that was on its way when the host ended. */
const resultLimitMs = 2_000;

const flag = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const folderArgument = process.argv.slice(2).find((arg) => !arg.startsWith('-'));

endWithParent();
const emptyFolder = folderArgument ? undefined : await mkdtemp(path.join(tmpdir(), 'workspace-'));
let window;
try {
  const ended = Promise.withResolvers();
  window = await openVsCode({
    folder: folderArgument ?? emptyFolder,
    extensionDevelopmentPath: flag('extensionDevelopmentPath'),
    extensionTestsPath: flag('extensionTestsPath'),
    version: process.env.PARALLEL_AGENTS_VSCODE,
    trusted: process.argv.includes('--disable-workspace-trust'),
    onTestLog: (type, args) => (type === 'error' ? console.error : console.log)(format(...args)),
    onTestExit: ended.resolve,
  });
  window.page.once('crash', () => ended.reject(new Error('The window crashed.')));
  // VS Code does not start the host of an extension under development again: without it no result will come.
  const hostGone = window.nextHostExit().then(() => delay(resultLimitMs, 1));
  process.exitCode = await Promise.race([ended.promise, hostGone]);
} catch (error) {
  console.error(error, window?.logs() ?? '');
  process.exitCode = 1;
} finally {
  await window?.close();
  if (emptyFolder) await rm(emptyFolder, { recursive: true, force: true });
}
