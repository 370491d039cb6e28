import { environment } from '../environment.ts';
import { ModelChoice, type ProviderName } from './model.ts';

/**
 * The default model of each provider: the standard model of its current generation, not the most expensive. `checked`
 * is the day on which the provider's SDK listed the name.
 */
export const DEFAULT_MODELS: Readonly<Record<Exclude<ProviderName, 'rehearsal'>, { model: string; checked: string }>> =
  {
    gemini: { model: 'gemini-3.8-flash', checked: '2026-11-21' },
    claude: { model: 'claude-sonnet-5-5', checked: '2026-11-21' },
    openai: { model: 'gpt-6-sol', checked: '2026-11-21' },
    // Qwen has no SDK of its own; public price tables listed the name.
    qwen: { model: 'qwen-plus', checked: '2026-11-29' },
  };

/** Returns the model of DEFAULT_MODEL. */
export function declaredChoice(): ModelChoice | undefined {
  const [provider, ...model] = environment.DEFAULT_MODEL?.split('/') ?? [];
  return ModelChoice.safeParse({ provider, model: model.join('/') }).data;
}
