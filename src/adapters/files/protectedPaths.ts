// Files that no agent may write, because they have power over the user's machine or over the run itself.

/** Folders that are protected wherever they lie, with all that is in them; `.git` may be a file as well. */
const folders: Readonly<Record<string, string>> = {
  '.git': 'belongs to Git, which runs what it finds there',
  '.githooks': 'holds hooks that Git runs',
  '.husky': 'holds hooks that Git runs',
  '.parallel-agents': 'belongs to Parallel Agents',
  ...editorSettings('.vscode', '.idea', '.zed', '.fleet', '.devcontainer'),
  ...agentSettings('.claude', '.cursor', '.codex', '.gemini', '.windsurf', '.continue', '.roo', '.cline'),
  ...agentSettings('.kilocode', '.opencode', '.amazonq', '.kiro'),
};

/** Files that are protected wherever they lie. */
const files: Readonly<Record<string, string>> = {
  '.envrc': 'is run by the shell that enters the folder',
  '.devcontainer.json': 'tells an editor what to run',
  '.mcp.json': 'tells a coding agent what to run',
  'opencode.json': 'tells a coding agent what to run',
  '.aider.conf.yml': 'tells a coding agent what to run',
};

/** Files that are protected at the top of the workspace. */
const topFiles: Readonly<Record<string, string>> = {
  'features.json': 'is the backlog',
  'offline-script.json': "is the offline model's script",
};

/**
 * Why `path` (canonical) is not an agent's to write, as the end of a sentence; undefined when it is.
 * By name alone, so that a file which does not exist yet is protected as well.
 */
export function protection(path: string): string | undefined {
  const parts = path.split('/').map(comparable);
  const name = parts.at(-1) ?? '';
  const folder = parts.find((part) => Object.hasOwn(folders, part));
  if (folder !== undefined) return folders[folder];
  if (name.endsWith('.code-workspace')) return 'tells an editor what to run';
  if (Object.hasOwn(files, name)) return files[name];
  return parts.length === 1 && Object.hasOwn(topFiles, name) ? topFiles[name] : undefined;
}

/**
 * A name as the most lenient file system reads it: without regard to case (upper first, so that `ſ` meets `s`), and
 * without the invisible characters that HFS+ skips.
 */
function comparable(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase();
}

function editorSettings(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'tells an editor what to run']));
}

function agentSettings(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'tells a coding agent what to run']));
}
