// What commands, checks and model calls find around them, as the settings and the environment of the host's user have it.
import { isAbove } from '../adapters/files/outsideNames';
import { givenVariables, withheldVariables } from '../adapters/process/childEnvironment';
import { findShell } from '../adapters/process/commandShell';
import { findViewMaker } from '../adapters/process/diskView';
import type { Redactor } from '../core/guardrails/redactor';
import { passwordIn } from '../core/guardrails/secretValues';
import type { Surroundings } from '../core/guardrails/surroundings';
import type { MachineSettings } from '../core/settings/machineSettings';
import { type Proxies, readProxies } from '../core/shared/proxies';
import { ok, type Result, refuse } from '../core/shared/result';
import { Failure } from '../ports/failure';
import type { ViewMaker } from '../ports/workers';
import type { Allowance } from './allowance';

export interface HostSurroundings {
  /** What commands get of the environment. */
  readonly variables: () => Readonly<Record<string, string>>;
  readonly proxies: () => Proxies;
  readonly ofChecks: () => Surroundings;
  /** What shows places at the workspace's path, where the user lets it and the system can; it is tried once. */
  readonly viewMaker: (from: string, at: string) => Promise<ViewMaker | undefined>;
  /** Asked at a start, so that nothing is begun that cannot be proved. */
  readonly judgeShell: () => Result<object>;
}

export function createSurroundings({
  root,
  top,
  machine,
  allowance,
  redactor,
}: {
  readonly root: string;
  /** What is copied. */
  readonly top: string;
  readonly machine: () => MachineSettings;
  readonly allowance: Allowance;
  readonly redactor: Redactor;
}): HostSurroundings {
  let tried: Promise<ViewMaker | undefined> | undefined;
  const shell = () => findShell(machine().shell, root, process.env);
  return {
    variables: () => givenVariables(process.env, allowance.variables),
    viewMaker: async (from, at) => {
      if (!machine().samePlace) return undefined;
      tried ??= findViewMaker(from, at, process.env);
      return tried;
    },
    proxies: () => {
      const { proxy } = machine();
      const password = proxy && passwordIn(proxy.address);
      if (password !== undefined) redactor.add(password);
      return readProxies(process.env, proxy);
    },
    ofChecks: () => ({
      shell: shell(),
      withheld: withheldVariables(process.env, allowance.variables),
      isOutside: (name) => isAbove(root, top, name),
    }),
    judgeShell: () => {
      try {
        shell();
        return ok({});
      } catch (error) {
        if (!Failure.is(error)) throw error;
        return refuse('badInput', `${error.message} Correct it in your own settings.`);
      }
    },
  };
}
