// The parts of a host that have to do with models, for tests that are about others.
import type { Redactor } from '../../src/core/guardrails/redactor';
import { defaultMachineSettings } from '../../src/core/settings/machineSettings';
import { Allowance } from '../../src/host/allowance';
import type { ClientParts } from '../../src/host/handlers';
import { ModelGateway } from '../../src/host/modelGateway';
import { OfferedModels } from '../../src/host/offeredModels';

export function modelParts(redactor: Redactor): Pick<ClientParts, 'allowance' | 'models' | 'offered'> {
  const allowance = new Allowance(() => defaultMachineSettings, redactor);
  const offered = new OfferedModels();
  return { allowance, offered, models: new ModelGateway(allowance, offered, () => ({ except: [] })) };
}
