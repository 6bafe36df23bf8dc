// The command line's entry: reads the words, runs the command, and answers with an exit code.
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { textForFailure } from '../client/link';
import { Failure } from '../ports/failure';
import { type CliCommand, parseCommandLine, UsageError } from './arguments';
import { diff, judge, retryAll, status, stop } from './commands';
import { doctor } from './doctor';
import { estimate } from './estimate';
import { graph } from './graph';
import { helpPage } from './help';
import { run } from './runCommand';
import { BadInput, createTerminal, type Terminal } from './terminal';

async function main(terminal: Terminal): Promise<number> {
  try {
    return await execute(parseCommandLine(process.argv.slice(2)), terminal);
  } catch (error) {
    if (error instanceof BadInput || error instanceof UsageError) {
      terminal.note(error.message);
      return 2;
    }
    throw error;
  }
}

async function execute(command: CliCommand, terminal: Terminal): Promise<number> {
  if (command.kind === 'help' || command.kind === 'version') {
    terminal.print(command.kind === 'help' ? helpPage(command.verb).trimEnd() : await ownVersion());
    return 0;
  }
  const root = await realpath(command.projectDir).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory())
    throw new BadInput([`--project-dir: ${command.projectDir} is not a folder.`]);
  try {
    return await perform(command, root, terminal, __dirname);
  } catch (error) {
    if (!Failure.is(error)) throw error;
    const { happened, mend } = textForFailure(error);
    terminal.note(`❌ ${happened} ${mend}`.trimEnd());
    return 1;
  }
}

function perform(
  command: Exclude<CliCommand, { kind: 'help' | 'version' }>,
  root: string,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  switch (command.kind) {
    case 'run':
      return (command.estimate ? estimate : run)(command, root, terminal, distDir);
    case 'graph':
      return graph(command, root, terminal, distDir);
    case 'status':
      return status(root, command.json, terminal, distDir);
    case 'stop':
      return stop(root, terminal, distDir);
    case 'doctor':
      return doctor(root, command.fix, terminal);
    case 'diff':
      return diff(root, command.featureId, terminal, distDir);
    case 'retryAll':
      return retryAll(root, terminal, distDir);
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

/** A command ends by its outcome alone: whatever it left open keeps it no longer, and nothing ends without a word. */
function leave(exitCode: number): Promise<void> {
  process.off('beforeExit', endedEarly);
  return terminal.leave(exitCode);
}

/** Node ends a process in which nobody waits for anything any more, and would call that success. */
function endedEarly(): void {
  process.exitCode = 1;
  process.off('beforeExit', endedEarly);
  terminal.note('❌ A bug in parallel-agents: it ended without a result. The next run goes on from here.');
  void terminal.leave(1);
}

const terminal = createTerminal();
process.on('beforeExit', endedEarly);
main(terminal).then(leave, (error: unknown) => {
  terminal.note(
    `❌ A bug in parallel-agents: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return leave(1);
});
