import { z } from 'zod';

/**
 * What a model and its server take. `model-families.ts` has a row per family; a tenant can override each field for its
 * own server; what a server refuses is learned (`providers/adapt-request.ts`).
 */
const fields = {
  context_window: z
    .int()
    .min(1024)
    .max(100_000_000)
    .describe('Tokens of input and output together. History beyond it is shortened.'),
  max_output_tokens: z.int().min(16).max(10_000_000).describe('The most output tokens that the server accepts.'),
  output_parameter: z
    .enum(['max_tokens', 'max_completion_tokens', 'none'])
    .describe('The parameter of the output limit in the chat completions.'),
  temperature: z.boolean().describe('Whether a temperature is accepted.'),
  tools: z.boolean().describe('Whether tools are accepted. Workers need them.'),
  parallel_calls: z.boolean().describe('Whether an answer in the history may have several tool calls.'),
  system_role: z.boolean().describe('Whether a system message is accepted. Otherwise the first message contains it.'),
  reasoning_back: z
    .enum(['never', 'with_calls', 'always'])
    .describe(
      'Which thinking is sent back: none; that of answers with tool calls; or all, with a blank where there is none.',
    ),
  reasoning_effort: z.boolean().describe('Whether reasoning can be switched off for requests with tools.'),
  stream_options: z.boolean().describe('Whether the usage can be requested.'),
  response_format: z
    .enum(['json_schema', 'json_object', 'none'])
    .describe('How a JSON answer can be requested. The answer is validated in any case.'),
  call_ids: z.enum(['any', 'nine_characters']).describe('Mistral takes only ids of nine letters and digits.'),
  empty_content: z.boolean().describe('Whether an answer with calls may have empty text. Otherwise it has none.'),
  images: z.boolean().describe('Whether images are accepted. Otherwise the model reads that it cannot see them.'),
  cache_control: z.boolean().describe('Whether requests with tools mark what the provider should cache.'),
  context_edits: z
    .enum(['none', 'tool_results', 'all'])
    .describe('What the provider clears of a conversation by itself: nothing, tool results, or thinking as well.'),
};

export const Capabilities = z.strictObject(fields);
export type Capabilities = z.infer<typeof Capabilities>;

export const CapabilityOverrides = Capabilities.partial();
export type CapabilityOverrides = z.infer<typeof CapabilityOverrides>;
