// The user's keys for model providers: from the editor's secret storage, else from the environment; never in settings.
import type * as vscode from 'vscode';
import { accessWith, type ModelAccess } from '../core/models/modelAccess';
import { type ProviderId, type Providers, serviceOf } from '../core/models/providers';
import { secretNameOf, secretNamePattern } from './contributions';

export type KeySource = 'stored' | 'environment';

export class ApiKeys {
  constructor(
    private readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'>,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}

  /** All there are, each with the address that it is for. They go to the host in memory only. */
  async read(providers: Providers): Promise<readonly ModelAccess[]> {
    const entries = Object.keys(providers).map(
      async (id) => [id, (await this.find(id, providers))?.key] as const,
    );
    const keys = new Map(await Promise.all(entries));
    return accessWith((id) => keys.get(id), providers);
  }

  /** Where the key of a provider comes from; undefined where there is none. */
  async sourceOf(id: ProviderId, providers: Providers): Promise<KeySource | undefined> {
    return (await this.find(id, providers))?.source;
  }

  /** An empty text forgets the stored key. */
  async write(id: ProviderId, key: string): Promise<void> {
    const text = key.trim();
    if (text === '') await this.secrets.delete(secretNameOf(id));
    else await this.secrets.store(secretNameOf(id), text);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (secretNamePattern.test(key)) listener();
    });
  }

  private async find(
    id: ProviderId,
    providers: Providers,
  ): Promise<{ readonly key: string; readonly source: KeySource } | undefined> {
    const stored = (await this.secrets.get(secretNameOf(id)))?.trim();
    if (stored) return { key: stored, source: 'stored' };
    const given = this.environment[serviceOf(id, providers)?.keyVariable ?? '']?.trim();
    return given ? { key: given, source: 'environment' } : undefined;
  }
}
