import { z } from 'zod';
import { cutText } from '../../cut-text.ts';

/** What servers say that parse the calls themselves and fail: Ollama, llama.cpp, Groq. In lower case. */
const PHRASES = [
  'error parsing tool call',
  'failed to parse tool call',
  'failed to parse input',
  'failed to call a function',
  'tool call validation failed',
  'failed_generation',
];

const optionalText = z.string().optional().catch(undefined);
const SdkError = z.object({
  message: z.string(),
  code: optionalText,
  error: z.object({ message: optionalText, failed_generation: optionalText }).optional().catch(undefined),
});

/**
 * Some servers answer with an error (400, 500 or inside the stream) when the model wrote a call that they cannot parse.
 * Returns what the model reads then, with the server's words, which quote the call; undefined for every other error.
 */
export function describeBrokenCall(error: unknown): string | undefined {
  const parsed = SdkError.safeParse(error).data;
  if (parsed === undefined) return undefined;
  const { code, error: body } = parsed;
  const said = body?.message ?? parsed.message;
  const start = said.slice(0, 400).toLowerCase();
  if (code !== 'tool_use_failed' && !PHRASES.some((phrase) => start.includes(phrase))) return undefined;
  const quoted = [said, body?.failed_generation].filter((text) => text !== undefined).map((text) => cutText(text, 300));
  return `Your tool call was malformed and was not run (${quoted.join(' ')}). Call the tool again with one valid JSON object as arguments, and write long contents in several smaller calls.`;
}
