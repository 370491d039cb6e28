import { isPageOfNothing, notAModel, readUnstreamed, toChatChunk, withBody } from './unstreamed-body.ts';

const LONGEST_BODY = 64_000;

/**
 * A `fetch` for the OpenAI SDK, which reads only the member `error` of a refusal. Servers also answer with
 * `{"message": …}` (Mistral, older vLLM), `{"detail": …}` (FastAPI) or `{"error": "…"}` (LM Studio); those bodies are
 * wrapped in `error`. A body without end is cut. An answer that is not streamed is read, too.
 */
export async function fetchWithReason(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return readUnstreamed(response, toChatChunk);
  if (isPageOfNothing(response)) return notAModel();
  return withBody(response, withError(await readStart(response)));
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > LONGEST_BODY) break;
  }
  return text.slice(0, LONGEST_BODY);
}

function withError(body: string): string {
  const wrapped = JSON.stringify({ error: { message: body } });
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return wrapped;
    if ('error' in parsed && typeof parsed.error === 'object') return body;
    return 'message' in parsed && typeof parsed.message === 'string' ? JSON.stringify({ error: parsed }) : wrapped;
  } catch {
    // The SDK shows a text that is not JSON as it is.
    return body;
  }
}
