// Says at a run's end that the folder's own packages are behind its lockfiles, or installs them where the user wants that.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Session } from '../client/session';
import { oneLine } from '../core/events/describe';
import type { Event } from '../core/events/event';
import { outdatedBy } from '../core/events/outdatedPackages';
import type { WorkspaceSetUp } from '../core/settings/machineSettings';

/** Begins to follow; what it answers with is to be called once the run has ended. */
export function followPackages(
  session: Session,
  root: string,
  choice: WorkspaceSetUp,
  note: (line: string) => void,
): () => Promise<void> {
  const published: Event[] = [];
  const stop = session.onChange(({ events }) => {
    for (const event of events) if (event.type === 'file.published') published.push(event);
  });
  return async () => {
    stop();
    const outdated = outdatedBy(published, session.snapshot.run?.settings ?? {});
    if (!outdated || choice === 'never') return;
    const { paths, commands } = outdated;
    const [changed, wanted] = [paths.map(oneLine).join(', '), commands.map(oneLine).join(' && ')];
    if (choice === 'ask') return note(`📦 ${changed} changed: your own packages want \`${wanted}\`.`);
    for (const command of commands) {
      note(`📦 ${changed} changed: running \`${oneLine(command)}\` in your folder ...`);
      const code = await runHere(command, root);
      if (code !== 0) return note(`⚠️ \`${oneLine(command)}\` exited with ${code}; run it yourself.`);
    }
  };
}

/** Its output is a remark, not a result. */
async function runHere(command: string, root: string): Promise<number | null> {
  const child = spawn(command, { cwd: root, shell: true, stdio: ['ignore', process.stderr, process.stderr] });
  const [code]: (number | null)[] = await once(child, 'exit');
  return code ?? null;
}
