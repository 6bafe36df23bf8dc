// Programs of other makers as processes of the test, for what is about their words alone.
import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { ProgramRunner } from '../../src/adapters/process/programRunner';

/** Without a guard, which is a bundle of its own. */
export const plainPrograms: ProgramRunner = {
  async start({ argv: [file = '', ...args], cwd, env }) {
    const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const ended = new Promise<{ exitCode: number | null; errors: string }>((resolve) =>
      child.on('close', (exitCode) => resolve({ exitCode, errors })),
    );
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    stream.on('error', () => undefined);
    return {
      input: stream,
      output: stream,
      ended,
      end: () => {
        child.kill('SIGKILL');
        return ended;
      },
    };
  },
};
