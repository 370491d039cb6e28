import { chooseModel, findModelOf } from '../identity/choose-model.ts';
import type { Queryable } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { Problem } from '../platform/errors.ts';
import { type Model, type ModelChoice, ModelError } from '../platform/models/model.ts';
import { openModel } from '../platform/models/open-model.ts';

/** The choice that stands for the scripted rehearsal. */
const REHEARSAL: ModelChoice = { provider: 'rehearsal', model: 'scripted-team-1' };

/**
 * Returns the model of a worker of a run. When no model is configured, this is the scripted rehearsal, but only on a
 * laptop.
 * @throws ModelError in the cloud when no model is configured or the tenant chose the rehearsal
 */
export function chooseWorkerModel(workerConfig: unknown, worker: string, declared?: ModelChoice): ModelChoice {
  return orRehearsal(chooseModel(workerConfig, worker, declared));
}

/** The same with the tenant's settings of now, for a worker that no file declares. */
export async function findWorkerModel(queryable: Queryable, worker: string): Promise<ModelChoice> {
  return orRehearsal(await findModelOf(queryable, worker));
}

function orRehearsal(choice: ModelChoice = REHEARSAL): ModelChoice {
  if (choice.provider === 'rehearsal' && environment.isCloud) {
    throw new ModelError(
      'unauthorized',
      'No model is configured: set GEMINI_API_KEY or Vertex AI, ANTHROPIC_API_KEY, OPENAI_API_KEY or QWEN_API_KEY.',
    );
  }
  return choice;
}

/** Opens the model of a run; the rehearsal is loaded only when it is used. */
export async function openRunModel(choice: ModelChoice): Promise<Model> {
  if (choice.provider !== 'rehearsal') return openModel(choice);
  const { rehearsal } = await import('./rehearsal/rehearsal.ts');
  return rehearsal;
}

/**
 * Refuses models that could not answer, before work is started with them. `path` is the field of the request in which
 * another model can be named.
 * @throws Problem 422 that names the field of each and the variable to set, when a provider has no key
 */
export async function refuseUnusable(wanted: readonly { choice: ModelChoice; path: string }[]): Promise<void> {
  const faults = await Promise.all(wanted.map(async ({ choice, path }) => ({ path, message: await faultOf(choice) })));
  const errors = faults.flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
  const [first] = errors;
  if (first !== undefined) throw new Problem('invalid-request', first.message, { errors });
}

/** Returns why a model could not answer and what to set; undefined for one that can be used. */
export async function faultOf(choice: ModelChoice): Promise<string | undefined> {
  try {
    if (orRehearsal(choice).provider !== 'rehearsal') await openModel(choice);
    return undefined;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const cause = error.message.replace(/\.$/, '');
    return `${choice.provider}/${choice.model} cannot be used. ${cause} in the environment of the server, or choose another model.`;
  }
}
