import { z } from 'zod';
import { ModelName, ProviderName } from './model.ts';

/** A model as a user names it: `provider/model`. */
export const ModelText = z
  .string()
  .max(220)
  .transform((text, context) => {
    const slash = text.indexOf('/');
    const provider = ProviderName.safeParse(text.slice(0, slash));
    const model = ModelName.safeParse(text.slice(slash + 1));
    if (provider.success && model.success) return { provider: provider.data, model: model.data };
    context.addIssue(`must be provider/model, with one of the providers ${ProviderName.options.join(', ')}`);
    return z.NEVER;
  });
