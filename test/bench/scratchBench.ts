// scratch
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repoRoot } from '../support/repoRoot';
import { startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';
import { helloLine, startWorkerHub } from '../worker/workerHub';
export async function scratchBench(o: {rest: string[]}, tell: (r: unknown) => void) {
  const rows: number[][] = [];
  for (let i = 0; i < Number(o.rest[1] ?? 10); i++) {
    let asked = 0;
    const api = await startFakeMessagesApi(() => { asked = performance.now(); return streamed([{ tool: 'finish', id: 'c', json: '{"summary":"Done."}' }], { stop: 'tool_use' }); });
    const hub = await startWorkerHub({ model: 'haiku', anthropic: { apiKey: 'x', baseUrl: api.baseUrl } });
    const w = spawn(process.execPath, [o.rest[0] ?? path.join(repoRoot, 'dist', 'worker.js')], { stdio: ['pipe', 'inherit', 'inherit'], env: { PATH: process.env.PATH, ...(o.rest[2]?{PA_TRACE:'1'}:{}) } });
    await pause(700);
    const t0 = performance.now();
    w.stdin.end(helloLine(hub));
    await hub.connected; const t1 = performance.now();
    await new Promise((r) => w.once('exit', r));
    rows.push([t1 - t0, asked - t0, performance.now() - t0]);
    await hub.close(); await api.close();
  }
  const med = (k: number) => rows.map((r) => r[k]).sort((a, b) => a - b)[Math.floor(rows.length / 2)]?.toFixed(1);
  tell({ connected: med(0), asked: med(1), exit: med(2) });
}
