// Offers the editor's own models to the host of a folder: from a click of the user, who may be asked to allow it, or where
// that was allowed before.
import * as vscode from 'vscode';
import type { ModelOffer, OfferedModel } from '../client/modelOffer';
import type { Session } from '../client/session';
import { isModelName } from '../core/models/models';
import { editorProvider, ofClients } from '../core/models/providers';
import { modelsMeant } from '../core/routing/routeModel';
import type { MachineSettings } from '../core/settings/machineSettings';
import { ok, type Result, refuse } from '../core/shared/result';
import { runEditorTurn } from './editorTurn';
import { modelsNamed } from './modelChoice';

/** Whether an extension may ask a model; undefined while its user was not asked. */
export type MayAsk = Pick<vscode.LanguageModelAccessInformation, 'canSendRequest'>;

type Models = ReadonlyMap<string, vscode.LanguageModelChat>;
/** What the editor has at that moment. */
export type FindModels = () => Promise<Models>;

/**
 * In a user's click on Start only: offers all models there are, and where the user has not agreed yet asks one of those
 * meant, which is when the editor asks them. Refuses where that one does not answer.
 */
export async function offerFromClick(
  session: Session,
  meant: readonly string[],
  access: MayAsk,
  find: FindModels = modelsByName,
): Promise<Result<object>> {
  const models = await find();
  if (models.size === 0)
    return refuse(
      'badInput',
      `This editor offers no models to extensions. Install what brings some, or choose another model than ${meant.join(', ')} (parallelAgents.model).`,
    );
  await session.offerModels(offerOf(models, find));
  const first = meant.find((name) => models.has(name));
  const model = first === undefined ? undefined : models.get(first);
  // One that is not there is refused by the host, with the names of those that are.
  if (!model || !isNamed(first) || access.canSendRequest(model) === true) return ok({});
  return session.ask.tryModel({ model: first });
}

/** Without a click, for a run that goes on: offers those that may be asked already, where one of them may be meant. */
export async function offerAgain(
  session: Session,
  access: MayAsk,
  { providers }: Pick<MachineSettings, 'providers'>,
  find: FindModels = modelsByName,
): Promise<void> {
  const { run } = session.snapshot;
  const meant = modelsMeant(run?.settings ?? {}, modelsNamed(session.snapshot));
  if (ofClients(meant, providers).length === 0) return;
  const all = await find();
  const allowed = [...all].filter(([, model]) => access.canSendRequest(model) === true);
  if (allowed.length > 0) await session.offerModels(offerOf(new Map(allowed), find));
}

function offerOf(models: Models, find: FindModels): ModelOffer {
  const offered = [...models].map(
    ([name, { maxInputTokens }]): OfferedModel => ({
      name,
      ...(Number.isInteger(maxInputTokens) && maxInputTokens > 0 && { contextTokens: maxInputTokens }),
    }),
  );
  return {
    models: offered,
    async *run(name, request, signal) {
      // Whoever brings it may have begun anew since it was offered.
      const model = (await find()).get(name);
      if (!model) throw vscode.LanguageModelError.NotFound(`"${name}" is not there any more`);
      yield* runEditorTurn(model, request, signal, vscode);
    },
  };
}

/** By the names people have for them: the family, which several may be of; the first counts. */
async function modelsByName(): Promise<Models> {
  // Editors that are built on VS Code may have no such thing.
  const select: typeof vscode.lm.selectChatModels | undefined = vscode.lm?.selectChatModels;
  const byName = new Map<string, vscode.LanguageModelChat>();
  for (const model of (await select?.()) ?? []) {
    const names = [model.family, model.id].map((own) => `${editorProvider}/${own}`);
    const free = names.find((name) => isModelName(name) && !byName.has(name));
    if (free !== undefined) byName.set(free, model);
  }
  return byName;
}

function isNamed(name: string | undefined): name is Parameters<Session['ask']['tryModel']>[0]['model'] {
  return name !== undefined && isModelName(name);
}
