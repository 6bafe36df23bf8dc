// The user's key for the model provider: from the editor's secret storage, else from the environment; never in settings.
import type * as vscode from 'vscode';
import { secretNames } from './contributions';

export class ApiKey {
  constructor(
    private readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'>,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

  /** Undefined where there is none. Goes to the host in memory only. */
  async read(): Promise<string | undefined> {
    const stored = await this.secrets.get(secretNames.anthropicKey);
    const key = stored?.trim() || this.environment.ANTHROPIC_API_KEY?.trim();
    return key === '' ? undefined : key;
  }

  /** An empty text forgets the stored key. */
  async write(key: string): Promise<void> {
    const text = key.trim();
    if (text === '') await this.secrets.delete(secretNames.anthropicKey);
    else await this.secrets.store(secretNames.anthropicKey, text);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === secretNames.anthropicKey) listener();
    });
  }
}
