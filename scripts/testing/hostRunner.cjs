// What VS Code loads as `extensionTestsPath`: runs the request it finds in its environment, inside the extension host.

const { appendFileSync } = require('node:fs');
const { format } = require('node:util');
const vscode = require('vscode');

exports.run = async () => {
  const { runMocha } = await import('./mochaRun.mjs');
  const { reportFile, ...request } = JSON.parse(process.env.PARALLEL_AGENTS_TESTS);
  // Not to the console: there the report would drown in what the workbench itself has to say.
  const print = (...line) => appendFileSync(reportFile, `${format(...line)}\n`);
  print(`\nsuite in a real VS Code ${vscode.version}`);
  const { failed } = await runMocha(request, print);
  if (failed > 0) throw new Error(`${failed} failed`);
};
