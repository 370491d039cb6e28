import { chooseModel } from '../identity/choose-model.ts';
import { environment } from '../platform/environment.ts';
import { type Model, type ModelChoice, ModelError } from '../platform/models/model.ts';
import { openModel } from '../platform/models/open-model.ts';

/** The rehearsal's name where a model's name stands. */
const REHEARSAL: ModelChoice = { provider: 'rehearsal', model: 'scripted-team-1' };

/**
 * Returns the model of a worker of a run. Where no model is configured, it is the scripted rehearsal, on a laptop only.
 * @throws ModelError when no model is configured in the cloud, or the tenant chose the rehearsal there
 */
export function chooseWorkerModel(workerConfig: unknown, worker: string, declared?: ModelChoice): ModelChoice {
  const choice = chooseModel(workerConfig, worker, declared) ?? REHEARSAL;
  if (choice.provider === 'rehearsal' && environment.isCloud) {
    throw new ModelError(
      'unauthorized',
      'No model is configured: set GEMINI_API_KEY or Vertex AI, ANTHROPIC_API_KEY or OPENAI_API_KEY.',
    );
  }
  return choice;
}

/** Opens a model of a run. This domain brings the rehearsal itself. */
export async function openRunModel(choice: ModelChoice): Promise<Model> {
  if (choice.provider !== 'rehearsal') return openModel(choice);
  const { rehearsal } = await import('./rehearsal/rehearsal.ts');
  return rehearsal;
}
