import type { FinishReason, Stop } from '../model.ts';

/**
 * The words by which servers say why a model stopped, in lower case. Most compatible servers write OpenAI's words, many
 * write those of their engine or of the provider behind them.
 */
const CHAT: Record<string, FinishReason> = {
  stop: 'stop',
  stop_sequence: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  complete: 'stop',
  completed: 'stop',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  malformed_function_call: 'tool_calls',
  'function_call_filter: malformed_function_call': 'tool_calls',
  length: 'length',
  max_tokens: 'length',
  max_length: 'length',
  max_output_tokens: 'length',
  refusal: 'refused',
  refused: 'refused',
  content_filter: 'filtered',
  safety: 'filtered',
  sensitive: 'filtered',
  prohibited_content: 'filtered',
  recitation: 'recited',
  model_length: 'context_full',
  context_length_exceeded: 'context_full',
  model_context_window_exceeded: 'context_full',
  abort: 'interrupted',
  aborted: 'interrupted',
  cancelled: 'interrupted',
  canceled: 'interrupted',
  error: 'interrupted',
  network_error: 'interrupted',
  server_error: 'interrupted',
  insufficient_system_resource: 'interrupted',
  overloaded: 'interrupted',
  timeout: 'interrupted',
};

const CLAUDE: Record<string, FinishReason> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  // A long turn was paused; it goes on when it is sent back.
  pause_turn: 'length',
  refusal: 'refused',
  model_context_window_exceeded: 'context_full',
};

const GEMINI: Record<string, FinishReason> = {
  stop: 'stop',
  max_tokens: 'length',
  // The service's limit for one request.
  continuation: 'length',
  // In all three no call has arrived that can run.
  malformed_function_call: 'tool_calls',
  unexpected_tool_call: 'tool_calls',
  too_many_tool_calls: 'tool_calls',
  safety: 'filtered',
  language: 'filtered',
  blocklist: 'filtered',
  prohibited_content: 'filtered',
  spii: 'filtered',
  model_armor: 'filtered',
  image_safety: 'filtered',
  image_prohibited_content: 'filtered',
  recitation: 'recited',
  image_recitation: 'recited',
};

const TABLES = { chat: CHAT, claude: CLAUDE, gemini: GEMINI };

/**
 * Returns why a model stopped. Without a word the stream has ended before the answer: `interrupted`. Some servers write
 * the word `null`.
 */
export function stopOf(table: keyof typeof TABLES, given: unknown): Stop {
  const word = typeof given === 'string' ? given.trim() : '';
  if (word === '' || word.toLowerCase() === 'null') return { reason: 'interrupted' };
  // A gateway may answer in one provider's format with the words of another.
  const known = { ...CHAT, ...TABLES[table] };
  const name = word.toLowerCase();
  const reason = Object.hasOwn(known, name) ? known[name] : undefined;
  return { reason: reason ?? 'unknown', word: /^[\w .:-]{1,60}$/.test(word) ? word : undefined };
}
