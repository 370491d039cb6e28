import type { Queryable } from '../platform/database/database.ts';
import { declaredChoice } from '../platform/models/default-models.ts';
import type { ModelChoice } from '../platform/models/model.ts';
import { configuredChoice } from '../platform/models/open-model.ts';
import { findWorkerConfig } from './sql/tenants.ts';
import { WorkerConfig } from './tenant.ts';

/** The key of `worker_config` that names the model of memory. */
const MEMORY = 'memory';
/** Stands for "no model is configured". Memory then works with its rules only. */
const NO_MODEL: ModelChoice = { provider: 'rehearsal', model: 'script' };

/**
 * Returns the model of a worker: the tenant's choice for the worker, else the worker's own, else the tenant's default,
 * else the deployment's default. Undefined when none is configured.
 */
export function chooseModel(workerConfig: unknown, worker: string, declared?: ModelChoice): ModelChoice | undefined {
  const choices = WorkerConfig.safeParse(workerConfig).data ?? {};
  return choices[worker] ?? declared ?? choices.default ?? deploymentChoice();
}

/** Returns the model of a worker with the tenant's settings of now; undefined when none is configured. */
export async function findModelOf(queryable: Queryable, worker: string): Promise<ModelChoice | undefined> {
  return chooseModel(await findWorkerConfig(queryable), worker);
}

/** Returns the model that the caller's tenant uses for memory. The provider is `rehearsal` when none is configured. */
export async function findMemoryModel(queryable: Queryable): Promise<ModelChoice> {
  return chooseModel(await findWorkerConfig(queryable), MEMORY) ?? NO_MODEL;
}

/** Returns the deployment's default model. The provider is `rehearsal` when none is configured. */
export function defaultModel(): ModelChoice {
  return deploymentChoice() ?? NO_MODEL;
}

/** Returns the model of DEFAULT_MODEL, else the model of the first provider that has a key. */
function deploymentChoice(): ModelChoice | undefined {
  return declaredChoice() ?? configuredChoice();
}
