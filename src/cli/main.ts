// The command line's entry: reads the words, runs the command, and answers with an exit code.
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../ports/failure';
import { type CliCommand, help, parseCommandLine, UsageError } from './arguments';
import { judge, status, stop } from './commands';
import { estimate } from './estimate';
import { graph } from './graph';
import { run } from './runCommand';
import { BadInput, createTerminal, type Terminal } from './terminal';

async function main(): Promise<number> {
  const terminal = createTerminal();
  try {
    return await execute(parseCommandLine(process.argv.slice(2)), terminal);
  } catch (error) {
    if (error instanceof BadInput || error instanceof UsageError) {
      terminal.note(error.message);
      return 2;
    }
    if (error instanceof Failure) {
      terminal.note(`❌ ${error.message}`);
      return 1;
    }
    throw error;
  }
}

async function execute(command: CliCommand, terminal: Terminal): Promise<number> {
  if (command.kind === 'help' || command.kind === 'version') {
    terminal.print(command.kind === 'help' ? help.trimEnd() : await ownVersion());
    return 0;
  }
  const root = await realpath(command.projectDir).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory())
    throw new BadInput([`--project-dir: ${command.projectDir} is not a folder.`]);
  const distDir = __dirname;
  switch (command.kind) {
    case 'run':
      return (command.estimate ? estimate : run)(command, root, terminal, distDir);
    case 'graph':
      return graph(command, root, terminal, distDir);
    case 'status':
      return status(root, command.json, terminal, distDir);
    case 'stop':
      return stop(root, terminal, distDir);
    case 'retry':
    case 'confirm':
    case 'reject':
      return judge(command.kind, root, command.featureId, terminal, distDir);
    default:
      return command satisfies never;
  }
}

/** As the package beside the built file says. */
async function ownVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `A bug in parallel-agents: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 1;
  },
);
