import { z } from 'zod';
import { environment } from '../platform/environment.ts';
import { ModelChoice } from '../platform/models/model.ts';
import { configuredChoice } from '../platform/models/open-model.ts';

/** What memory is called among the workers whose models a tenant chooses. */
const WORKER = 'memory';
/** Where no model is configured: whoever gets this works by rules. */
const NO_MODEL: ModelChoice = { provider: 'rehearsal', model: 'script' };

const WorkerConfig = z.record(z.string(), ModelChoice);

/** The model of what a person asks of memory: the one that the tenant named for `memory`, its default, else {@link defaultChoice}. */
export function memoryChoice(workerConfig: unknown): ModelChoice {
  const wishes = WorkerConfig.safeParse(workerConfig).data ?? {};
  return wishes[WORKER] ?? wishes.default ?? defaultChoice();
}

/** The model of who names none: the deployment's, else the first that has a key, else none at all. */
export function defaultChoice(): ModelChoice {
  const [provider, ...model] = environment.DEFAULT_MODEL?.split('/') ?? [];
  const declared = ModelChoice.safeParse({ provider, model: model.join('/') });
  return (declared.success ? declared.data : configuredChoice()) ?? NO_MODEL;
}
