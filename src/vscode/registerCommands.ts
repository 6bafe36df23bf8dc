// Registers every command; what they do is loaded with the first that is run.
import * as vscode from 'vscode';
import { type CommandDeps, showFailure } from './commandDeps';
import { commandIds } from './contributions';

/** A refusal or failure is shown once, in its own words, and ends there. */
export function registerCommands(deps: CommandDeps): vscode.Disposable[] {
  return Object.values(commandIds).map((id) =>
    vscode.commands.registerCommand(id, async (argument?: unknown) => {
      try {
        const { commandsOf } = await import('./commands');
        await commandsOf(deps)[id](argument);
      } catch (error) {
        showFailure(deps, id, error);
      }
    }),
  );
}
