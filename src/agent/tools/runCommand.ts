// The tool that runs a shell command in the agent's copy and tells what it printed and changed.
import type { CommandEnded } from '../../ports/coordinator';
import { type CommandResult, hasFailed } from '../../ports/workers';
import { capTail, maxResultLength } from './capText';
import { describeChanges } from './commandText';
import { defineTool, done, failed, refused } from './tool';

export const runCommand = defineTool('run_command', {
  step: ({ command }) => `running ${command}`,
  target: ({ command }) => command,
  async run({ command }, { assignment, coordinator, commands, signal }) {
    const permit = await coordinator.commandBegin({ command });
    if (!permit.ok) return refused(permit.error);
    const { tag } = assignment;
    const { place, timeoutMs, shell, notes = [] } = permit.value;
    const onOutput = (output: string) => coordinator.log(output);
    const run = { ...place, command, shell, timeoutMs, tag, onOutput };
    const [ended] = await Promise.allSettled([commands.run(run, signal)]);
    // Also when it could not start: the hub waits for the end it was promised.
    const took = ended.status === 'fulfilled' ? endedAs(ended.value) : { durationMs: 0, printed: '' };
    const outcome = await coordinator.commandEnd(took);
    if (ended.status === 'rejected') throw ended.reason;
    const result = ended.value;
    const how = describeEnd(result, timeoutMs);
    const about = [`${how}.`, ...notes, ...describeChanges(outcome)].join('\n');
    const output = outcome.output.trim() === '' ? '(no output)' : outcome.output;
    const told = `${about}\nOutput:\n${capTail(output, maxResultLength - about.length)}`;
    return result.exitCode === 0 ? done(told, how) : failed(told, how);
  },
});

function endedAs(result: CommandResult): CommandEnded {
  const { durationMs, cpuMs, outputTail: printed, wroteBytes, guardEnd } = result;
  return {
    durationMs,
    printed,
    ...(cpuMs !== undefined && { cpuMs }),
    ...(hasFailed(result) && { failed: true }),
    ...(wroteBytes !== undefined && { wroteBytes }),
    ...(guardEnd !== undefined && { guardEnd }),
  };
}

function describeEnd(result: CommandResult, timeoutMs: number): string {
  const took = `after ${(result.durationMs / 1000).toFixed(1)} s`;
  if (result.timedOut) return `Ended by its time limit of ${Math.round(timeoutMs / 1000)} s`;
  if (result.aborted) return `Stopped ${took}`;
  return result.exitCode === null ? `Ended by a signal ${took}` : `Exit code ${result.exitCode} ${took}`;
}
