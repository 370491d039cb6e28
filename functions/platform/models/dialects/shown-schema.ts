import { z } from 'zod';

/**
 * From this bound on, a schema cannot be used with llama.cpp, which makes a grammar of all tools and rejects the whole
 * request ("failed to parse grammar", its repetition limit is 2,000).
 */
const MOST_REPETITIONS = 2_000;
const BOUNDS = new Set(['maxLength', 'minLength', 'maxItems', 'minItems']);

/**
 * Returns a schema as JSON Schema (draft 2020-12) for a model, without large bounds of length. The answer is checked
 * against the whole schema, and the message of that check tells the limit.
 */
export function shownSchema(
  schema: z.ZodType,
  options: Pick<NonNullable<Parameters<typeof z.toJSONSchema>[1]>, 'unrepresentable'> = {},
): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: 'input',
    ...options,
    override: ({ jsonSchema }) => {
      for (const [name, bound] of Object.entries(jsonSchema))
        if (BOUNDS.has(name) && typeof bound === 'number' && bound >= MOST_REPETITIONS)
          Reflect.deleteProperty(jsonSchema, name);
    },
  });
}
