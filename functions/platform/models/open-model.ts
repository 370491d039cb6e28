import { type Environment, environment } from '../environment.ts';
import { DEFAULT_MODELS } from './default-models.ts';
import type { Model, ModelChoice, ProviderName } from './model.ts';
import { isGeminiConfigured } from './providers/gemini-client.ts';

const opened = new Map<ProviderName, Promise<Model>>();

/**
 * Returns the model for a choice. There is one instance per provider and process; its SDK is imported on first use.
 * @throws ModelError `unauthorized` that names the variable to set, when the provider has no key.
 * @throws Error for `rehearsal`, which the runs domain provides.
 */
export function openModel(choice: ModelChoice): Promise<Model> {
  const existing = opened.get(choice.provider);
  if (existing !== undefined) return existing;
  const opening = openProvider(choice.provider);
  opened.set(choice.provider, opening);
  // A failure is not cached: the next call tries again.
  opening.catch(() => opened.delete(choice.provider));
  return opening;
}

/** Replaces this process's model of a provider. The benchmark uses a model that answers at once. */
export function useModel(model: Model): void {
  opened.set(model.provider, Promise.resolve(model));
}

/** Opens a provider with other settings than this process's, for a check of a server. */
export async function openProvider(provider: ProviderName, settings: Environment = environment): Promise<Model> {
  switch (provider) {
    case 'gemini':
      return (await import('./providers/gemini.ts')).openGemini(settings);
    case 'claude':
      return (await import('./providers/claude.ts')).openClaude(settings);
    case 'openai':
      return (await import('./providers/openai.ts')).openOpenAI(settings);
    case 'qwen':
      return (await import('./providers/openai.ts')).openQwen(settings);
    case 'rehearsal':
      throw new Error('The rehearsal model is opened by the runs domain, not by openModel');
  }
}

type Keys = Parameters<typeof isGeminiConfigured>[0] &
  Pick<Environment, 'ANTHROPIC_API_KEY' | 'OPENAI_API_KEY' | 'QWEN_API_KEY'>;

/** Returns the first of gemini, claude, openai and qwen that has a key (or Vertex AI). Undefined when none has. */
export function configuredProvider(settings: Keys = environment): keyof typeof DEFAULT_MODELS | undefined {
  if (isGeminiConfigured(settings)) return 'gemini';
  if (settings.ANTHROPIC_API_KEY) return 'claude';
  if (settings.OPENAI_API_KEY) return 'openai';
  return settings.QWEN_API_KEY ? 'qwen' : undefined;
}

/** Returns the default model of the configured provider, or undefined when no provider has a key. */
export function configuredChoice(settings: Keys = environment): ModelChoice | undefined {
  const provider = configuredProvider(settings);
  return provider === undefined ? undefined : { provider, model: DEFAULT_MODELS[provider].model };
}
