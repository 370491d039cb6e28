import { z } from 'zod';
import { environment } from '../platform/environment.ts';
import { type Model, ModelChoice, ModelError } from '../platform/models/model.ts';
import { configuredChoice, openModel } from '../platform/models/open-model.ts';

/** A tenant's wishes, by worker; `default` holds for those not named. */
export const WorkerConfig = z.record(z.string(), ModelChoice);

/** What the rehearsal is called where a model's name stands. */
const REHEARSAL: ModelChoice = { provider: 'rehearsal', model: 'scripted-team-1' };

/**
 * Which model a worker uses: the tenant's choice, else the one that the worker declares, else the tenant's or the deployment's default, else the first provider that has a key, else, on a laptop only, the
 * scripted rehearsal.
 * @throws ModelError when no model is configured in the cloud, or the tenant chose the rehearsal there.
 */
export function chooseModel(workerConfig: unknown, worker: string, declared?: ModelChoice): ModelChoice {
  const wishes = WorkerConfig.safeParse(workerConfig).data ?? {};
  const chosen = wishes[worker] ?? declared ?? wishes.default ?? defaultModel() ?? configuredChoice() ?? REHEARSAL;
  if (chosen.provider === 'rehearsal' && environment.isCloud) {
    throw new ModelError(
      'unauthorized',
      'No model is configured: set GEMINI_API_KEY or Vertex AI, ANTHROPIC_API_KEY or OPENAI_API_KEY.',
    );
  }
  return chosen;
}

/** Opens the chosen model; the rehearsal is this domain's own. */
export async function openChosenModel(choice: ModelChoice): Promise<Model> {
  if (choice.provider !== 'rehearsal') return openModel(choice);
  const { rehearsal } = await import('./rehearsal/rehearsal.ts');
  return rehearsal;
}

function defaultModel(): ModelChoice | undefined {
  const [provider, ...model] = environment.DEFAULT_MODEL?.split('/') ?? [];
  return provider === undefined ? undefined : ModelChoice.parse({ provider, model: model.join('/') });
}
