import type { Queryable } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { ModelChoice } from '../platform/models/model.ts';
import { configuredChoice } from '../platform/models/open-model.ts';
import { findWorkerConfig } from './sql/tenants.ts';
import { WorkerConfig } from './tenant.ts';

/** Memory's name among the workers whose models a tenant chooses. */
const MEMORY = 'memory';
/** Stands where no model is configured; memory works by rules then. */
const NO_MODEL: ModelChoice = { provider: 'rehearsal', model: 'script' };

/**
 * Returns the model of a worker: the tenant's choice for the worker, else the worker's own, else the tenant's default,
 * else the deployment's default. Undefined when none is configured.
 */
export function chooseModel(workerConfig: unknown, worker: string, declared?: ModelChoice): ModelChoice | undefined {
  const choices = WorkerConfig.safeParse(workerConfig).data ?? {};
  return choices[worker] ?? declared ?? choices.default ?? deploymentChoice();
}

/** Returns the model that the caller's tenant chose for memory; the provider is `rehearsal` when there is none. */
export async function findMemoryModel(queryable: Queryable): Promise<ModelChoice> {
  return chooseModel(await findWorkerConfig(queryable), MEMORY) ?? NO_MODEL;
}

/** Returns the deployment's model, without a look at the tenant's choices; the provider is `rehearsal` when there is none. */
export function defaultModel(): ModelChoice {
  return deploymentChoice() ?? NO_MODEL;
}

/** Returns the model of DEFAULT_MODEL, else the model of the first provider that has a key. */
function deploymentChoice(): ModelChoice | undefined {
  const [provider, ...model] = environment.DEFAULT_MODEL?.split('/') ?? [];
  const declared = ModelChoice.safeParse({ provider, model: model.join('/') });
  return declared.success ? declared.data : configuredChoice();
}
