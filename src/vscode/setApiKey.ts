// "Set API Key": for any provider; the key is tried at once, by a question that costs nothing.
import * as vscode from 'vscode';
import { type ProviderId, type Providers, serviceOf } from '../core/models/providers';
import type { ApiKeys, KeySource } from './apiKeys';
import { readSettings } from './editorSettings';

/** @param asked a provider's id, where a message leads here; anything else: the user is asked */
export async function setApiKey(apiKeys: ApiKeys, asked: unknown): Promise<void> {
  const { providers, proxy } = readSettings().machine;
  const id =
    typeof asked === 'string' && serviceOf(asked, providers) ? asked : await pick(apiKeys, providers);
  const provider = id === undefined ? undefined : serviceOf(id, providers);
  if (id === undefined || provider === undefined) return;
  const key = await vscode.window.showInputBox({
    title: `${provider.title} API Key`,
    prompt: 'Kept in the secret storage of your editor. Leave it empty to forget the stored key.',
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  await apiKeys.write(id, key);
  if (key.trim() === '') return;
  const { tryKey } = await import('../client/tryKey');
  const told = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Trying the key at ${provider.title} ...` },
    () => tryKey({ ...provider, apiKey: key.trim() }, process.env, proxy),
  );
  const { showInformationMessage, showWarningMessage } = vscode.window;
  if (told.ok) void showInformationMessage(`${provider.title} takes the key. It is stored.`);
  else void showWarningMessage(`The key is stored, but trying it failed: ${told.error.message}`);
}

async function pick(apiKeys: ApiKeys, providers: Providers): Promise<ProviderId | undefined> {
  const services = Object.keys(providers).flatMap((id) => {
    const service = serviceOf(id, providers);
    return service ? [{ id, ...service }] : [];
  });
  const items = services.map(async ({ id, title, baseUrl, keyVariable }) => ({
    id,
    label: title,
    detail: baseUrl,
    description: sourceText(await apiKeys.sourceOf(id, providers), keyVariable),
  }));
  const picked = await vscode.window.showQuickPick(Promise.all(items), {
    title: 'Set API Key',
    placeHolder: 'Whose key?',
    matchOnDetail: true,
  });
  return picked?.id;
}

function sourceText(source: KeySource | undefined, keyVariable: string): string {
  if (source === undefined) return '';
  return source === 'stored' ? 'stored' : `from ${keyVariable}`;
}
