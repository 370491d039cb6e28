import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../../functions/platform/models/model-families.ts';
import { readRefusal } from '../../../../functions/platform/models/providers/read-refusal.ts';
import { requestOf } from './provider-bench.ts';

const request = requestOf({ maxOutputTokens: 16_384, responseSchema: { type: 'object' } });
const read = (message: string, changes: Partial<typeof DEFAULT_CAPABILITIES> = {}) =>
  readRefusal(message, { request, capabilities: { ...DEFAULT_CAPABILITIES, ...changes } });

/** Sentences of servers, with other numbers. */
test.each([
  ['Invalid max_tokens value, the valid range of max_tokens is [1, 8192]', { max_output_tokens: 8192 }],
  [
    'max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens for model-x',
    { max_output_tokens: 8192 },
  ],
  ['max_tokens is too large: 16384. This model supports at most 4,096 completion tokens', { max_output_tokens: 4096 }],
  ['`max_tokens` must be less than or equal to `8000`', { max_output_tokens: 8000 }],
  [
    'it has a maxOutputTokens value of 16384 but the supported range is from 1 (inclusive) to 8193 (exclusive)',
    { max_output_tokens: 8192 },
  ],
  ['Range of max_tokens should be [1, 2048]', { max_output_tokens: 2048 }],
  ['max_tokens exceeds the maximum', { max_output_tokens: 8192 }],
  [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { output_parameter: 'max_completion_tokens' },
  ],
  [
    "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    { temperature: false },
  ],
  ['invalid temperature: only 1 is allowed for this model', { temperature: false }],
  ['Unrecognized request argument supplied: stream_options', { stream_options: false }],
  ['This response_format type is unavailable now', { response_format: 'json_object' }],
  ['Missing `reasoning_content` field in the assistant message at message index 2.', { reasoning_back: 'always' }],
  ['The `reasoning_content` in the thinking mode must be passed back to the API.', { reasoning_back: 'always' }],
  [
    "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]",
    { reasoning_back: 'never' },
  ],
  [
    '[{"type":"extra_forbidden","loc":["body","messages",2,"assistant","reasoning_content"],"msg":"Extra inputs are not permitted"}]',
    { reasoning_back: 'never' },
  ],
  ['System role not supported', { system_role: false }],
  ['Developer instruction is not enabled for models/gemma-3-27b-it', { system_role: false }],
  ['Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.', { call_ids: 'nine_characters' }],
  ['This model only supports single tool-calls at once!', { parallel_calls: false }],
  ['messages.1: text content blocks must be non-empty', { empty_content: false }],
  [
    "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens (23616 in the messages, 16384 in the completion).",
    { context_window: 32_768 },
  ],
  [
    "'max_tokens' is too large: 16384. This model's maximum context length is 8192 tokens and your request has 2000 input tokens (16384 > 8192 - 2000).",
    { context_window: 8192 },
  ],
  ['prompt is too long: 110000 tokens > 100000 maximum', { context_window: 100_000 }],
  [
    'input length and `max_tokens` exceed context limit: 90000 + 16384 > 100000, decrease input length',
    { context_window: 100_000 },
  ],
  [
    'The input token count (120000) exceeds the maximum number of tokens allowed (104857).',
    { context_window: 104_857 },
  ],
  ['the request exceeds the available context size (4096 tokens), try increasing it', { context_window: 4096 }],
  [
    '{"code":400,"message":"request (9000 tokens) exceeds the available context size","type":"exceed_context_size_error","n_ctx":4096}',
    { context_window: 4096 },
  ],
  [
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    { context_window: 32_768 },
  ],
  ['Invalid request: Your request exceeded model token limit: 65536', { context_window: 65_536 }],
  ['Range of input length should be [1, 30720]: the input length is too long', { context_window: 30_720 }],
  ["This model's maximum context length is 200000 tokens", 'too_long'],
  ['the request exceeds the available context size. try increasing it', 'too_long'],
  ['gemma2:2b does not support tools', 'no_tools'],
  ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', 'no_tools'],
  ['tools param requires --jinja flag', 'no_tools'],
  ['No endpoints found that support tool use.', 'no_tools'],
])('%s', (sentence, lesson) => {
  expect(read(sentence)).toEqual(lesson);
});

test('a sentence that says nothing new teaches nothing', () => {
  for (const sentence of ['', 'The model m does not exist', 'invalid request', 'Unexpected role user after role tool'])
    expect(read(sentence), sentence).toBeUndefined();
  expect(read('System role not supported', { system_role: false })).toBeUndefined();
  expect(
    readRefusal('m does not support tools', { request: requestOf({ tools: [] }), capabilities: DEFAULT_CAPABILITIES }),
  ).toBeUndefined();
});

test('a second refusal goes one step further', () => {
  expect(read('Invalid response_format', { response_format: 'json_object' })).toEqual({ response_format: 'none' });
  const swapped = { output_parameter: 'max_completion_tokens' } as const;
  expect(read('Unknown field max_completion_tokens', swapped)).toEqual({ output_parameter: 'max_tokens' });
});

test.each([
  ['This model does not support image input.', { images: false }],
  ['image input is not supported - hint: if this is unexpected, you may need to provide the mmproj', { images: false }],
  ['messages[0]: unknown variant `image_url`, expected `text`', { images: false }],
  ['No endpoints found that support image input', { images: false }],
  ['scripted-model is not a multimodal model', { images: false }],
  // The image is at fault and not the model, and the next request may have a good one.
  ['You uploaded an unsupported image. Please make sure your image is valid.', undefined],
  ['Could not process image', undefined],
  ['messages.0.content.0.image.source.base64: image exceeds 10 MB maximum', undefined],
])('of a request with an image, “%s” teaches %j', (message, lesson) => {
  const image = { name: 'a.png', mediaType: 'image/png' as const, data: 'AAAA', width: 1, height: 1 };
  const sent = requestOf({ messages: [{ role: 'user', text: 'look', images: [image] }] });
  expect(readRefusal(`400 ${message}`, { request: sent, capabilities: DEFAULT_CAPABILITIES })).toEqual(lesson);
});
