// The program that an agent of another maker runs before each call of a tool: it passes on what it is told, and prints the
// answer. Ends with 2, which forbids the call, where there is none.
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';

const [, , door = ''] = process.argv;

ask().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Parallel Agents cannot be asked whether this may be: ${why}\n`);
  process.exitCode = 2;
});

async function ask(): Promise<void> {
  const socket = connect({ path: door, allowHalfOpen: true });
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('it went away')));
    socket.once('end', resolve);
  });
  await Promise.all([pipeline(process.stdin, socket), ended]);
  if (!answer.endsWith('\n')) throw new Error('it went away');
  process.stdout.write(answer.trim());
}
