// `parallel-agents graph`: the backlog's dependencies as text for other programs; starts and writes nothing.
import { exportGraph } from '../core/graph/exportGraph';
import type { GraphCommand } from './arguments';
import { previewWorkspace } from './readBacklog';
import type { Terminal } from './terminal';

/** @returns the exit code 0 @throws BadInput */
export async function graph(
  command: GraphCommand,
  root: string,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  const { note } = terminal;
  const { features } = await previewWorkspace(root, command.features ?? 'features.json', { distDir, note });
  terminal.print(exportGraph(Object.values(features), command.format));
  return 0;
}
