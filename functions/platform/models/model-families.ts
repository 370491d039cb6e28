import type { Capabilities, CapabilityOverrides } from './capabilities.ts';

/**
 * What is known about families of models, as data. The first row whose provider, server and model match adds to the
 * defaults. Output limits and windows are those that the providers documented in 2026-11; a lower one that a server
 * names in a refusal replaces them.
 */
interface ModelFamily extends CapabilityOverrides {
  provider: 'gemini' | 'claude' | 'openai' | 'qwen';
  /** The host of the server, for providers whose address is a setting. */
  host?: RegExp;
  /** The model's name without the organisation before its last slash. */
  model?: RegExp;
}

/** Of a model without a row: any server that speaks OpenAI's chat completions. */
export const DEFAULT_CAPABILITIES: Capabilities = {
  context_window: 128_000,
  max_output_tokens: 10_000_000,
  output_parameter: 'max_tokens',
  temperature: true,
  tools: true,
  parallel_calls: true,
  system_role: true,
  reasoning_back: 'with_calls',
  reasoning_effort: false,
  stream_options: true,
  response_format: 'json_schema',
  call_ids: 'any',
  empty_content: true,
  images: true,
  cache_control: false,
  context_edits: 'none',
};

const OPENAI = { provider: 'openai', host: /(^|\.)openai\.com$/, output_parameter: 'max_completion_tokens' } as const;
/** OpenAI returns no thinking on this endpoint and rejects fields that it does not know. */
const OPENAI_REASONING = { ...OPENAI, temperature: false, reasoning_back: 'never' } as const;

export const MODEL_FAMILIES: readonly ModelFamily[] = [
  // 200,000 tokens hold without a beta header.
  { provider: 'claude', context_window: 200_000, cache_control: true, context_edits: 'all' },
  { provider: 'gemini', context_window: 1_000_000, max_output_tokens: 65_536 },

  { ...OPENAI, model: /^(chat)?gpt-4o/, max_output_tokens: 16_384, reasoning_back: 'never' },
  { ...OPENAI, model: /^gpt-4\.1/, context_window: 1_000_000, max_output_tokens: 32_768, reasoning_back: 'never' },
  { ...OPENAI, model: /^(gpt-[34]|chatgpt-4)/, max_output_tokens: 4_096, reasoning_back: 'never' },
  // Models that reject tools while reasoning is on, and can switch it off. gpt-6-astra and gpt-6.1-sol cannot.
  {
    ...OPENAI_REASONING,
    model: /^gpt-(5\.[1-9]|6-(sol|luna|terra))/,
    context_window: 400_000,
    reasoning_effort: true,
  },
  { ...OPENAI_REASONING, model: /^o\d/, context_window: 200_000 },
  { ...OPENAI_REASONING, context_window: 400_000 },

  // DeepSeek and Kimi reject a history whose answers with calls lack their thinking.
  {
    provider: 'openai',
    host: /(^|\.)deepseek\.com$/,
    reasoning_back: 'always',
    response_format: 'json_object',
    images: false,
  },
  { provider: 'openai', host: /(^|\.)moonshot\.(ai|cn)$/, context_window: 256_000, reasoning_back: 'always' },
  {
    provider: 'openai',
    host: /(^|\.)mistral\.ai$/,
    reasoning_back: 'never',
    stream_options: false,
    call_ids: 'nine_characters',
  },
  // Groq rejects fields that it does not know.
  { provider: 'openai', host: /(^|\.)groq\.com$/, reasoning_back: 'never' },
  // MiniMax reads its earlier thinking, also between tags in the text; other chat templates remove that.
  { provider: 'openai', model: /^minimax-m/i, context_window: 196_000, reasoning_back: 'always' },
  { provider: 'openai', model: /^kimi-k2/i, context_window: 256_000, reasoning_back: 'always' },
  {
    provider: 'openai',
    model: /^(mistral|mixtral|magistral|devstral|ministral|codestral)/i,
    call_ids: 'nine_characters',
  },
  { provider: 'openai', model: /^gemma/i, context_window: 32_000 },

  { provider: 'qwen', model: /^qwen3-max/, context_window: 256_000, max_output_tokens: 65_536, images: false },
  {
    provider: 'qwen',
    model: /^qwen-(plus|flash|turbo)/,
    context_window: 1_000_000,
    max_output_tokens: 32_768,
    images: false,
  },
  { provider: 'qwen', max_output_tokens: 32_768 },
];

/** Returns what is known about a model of a provider; `host` is that of the server. */
export function familyOf(provider: string, model: string, host: string): CapabilityOverrides {
  const name = model.slice(model.lastIndexOf('/') + 1);
  const found = MODEL_FAMILIES.find(
    (row) => row.provider === provider && (row.host?.test(host) ?? true) && (row.model?.test(name) ?? true),
  );
  const { provider: _, host: _host, model: _model, ...known } = found ?? { provider };
  return known;
}
