// Does to a folder what a turn of an offline script asks for, without agents, locks or copies.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { OfflineTurn } from '../../src/ports/coordinator';
import { replaceOnce } from './turns';

const file = z.strictObject({ path: z.string() });

/** A turn as the agent's tools take it: nothing missing, nothing more. */
const call = z.discriminatedUnion('tool', [
  z.object({ tool: z.literal('read_file'), input: file }),
  z.object({ tool: z.literal('list_files'), input: file.partial() }),
  z.object({
    tool: z.literal('search_files'),
    input: z.strictObject({ query: z.string(), path: z.string().optional() }),
  }),
  z.object({
    tool: z.literal('edit_file'),
    input: file.extend({ edits: z.array(z.strictObject({ old: z.string(), new: z.string() })).min(1) }),
  }),
  z.object({ tool: z.literal('write_file'), input: file.extend({ content: z.string() }) }),
  z.object({ tool: z.literal('run_command'), input: z.strictObject({ command: z.string() }) }),
  z.object({ tool: z.literal('claim_file'), input: file }),
  z.object({
    tool: z.literal('report_progress'),
    input: z.strictObject({ step: z.string(), percent: z.number().min(0).max(100) }),
  }),
  z.object({ tool: z.literal('finish'), input: z.strictObject({ summary: z.string() }) }),
]);

/** Throws where a tool would refuse: a file to read that is not there, an old text that is not there exactly once. */
export function playTurn(folder: string, turn: OfflineTurn): void {
  const { tool, input } = call.parse(turn);
  const place = (name = '.') => path.join(folder, name);
  switch (tool) {
    case 'read_file':
    case 'claim_file':
      assert.ok(statSync(place(input.path)).isFile());
      return;
    case 'list_files':
    case 'search_files':
      assert.ok(statSync(place(input.path)).isDirectory());
      return;
    case 'edit_file':
      writeFileSync(
        place(input.path),
        input.edits.reduce(replaceOnce, readFileSync(place(input.path), 'utf8')),
      );
      return;
    case 'write_file':
      mkdirSync(path.dirname(place(input.path)), { recursive: true });
      writeFileSync(place(input.path), input.content);
      return;
    case 'run_command':
    case 'report_progress':
    case 'finish':
      return;
    default:
      tool satisfies never;
  }
}
