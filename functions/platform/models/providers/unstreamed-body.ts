import { isTooDeep } from './parse-arguments.ts';

/** Longer than any answer of a model; a longer body is no answer. */
const LONGEST_ANSWER = 8_000_000;
/** Blanks before the first character; a server that sends more is not waited for. */
const LONGEST_START = 1_000;

/** The code of an answer that no model gave, such as a web page at a wrong address. `failure-causes.ts` tells it. */
export const NO_MODEL = 'not_a_model_server';

/**
 * Returns the answer to a request for a stream. A server that ignores `stream: true` answers with one JSON body, which
 * `toChunk` converts to the only event of a stream; undefined means that the body is no answer. A web page is the
 * answer of a server that is asked at a wrong address. What a body is tells its first character, because servers
 * declare wrong types. An event stream passes through.
 */
export async function readUnstreamed(
  response: Response,
  toChunk?: (body: object) => object | undefined,
): Promise<Response> {
  if (response.body === null) return response;
  const body = response.body.getReader();
  const { start, bytes } = await readStart(body);
  if (start.startsWith('<')) {
    await body.cancel();
    return notAModel();
  }
  if (toChunk === undefined || !start.startsWith('{')) return withBody(response, joined(bytes, body));
  const text = await readText(bytes, body);
  const parsed = parseObject(text);
  // A body that was cut off: the SDK finds no event in it.
  if (parsed === undefined) return withBody(response, text);
  const chunk = toChunk(parsed);
  return chunk === undefined ? notAModel() : withBody(response, `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
}

/** Whether a refusal is a web page that says that there is nothing at the address. */
export function isPageOfNothing({ status, headers }: Response): boolean {
  return (status === 404 || status === 405) && (headers.get('content-type') ?? '').includes('html');
}

/** Returns a refusal as the SDKs read it, with {@link NO_MODEL} as its code and its type. */
export function notAModel(): Response {
  const error = { type: NO_MODEL, code: NO_MODEL, message: 'No model answered' };
  const headers = { 'content-type': 'application/json' };
  return new Response(JSON.stringify({ type: 'error', error }), { status: 404, headers });
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads up to the first character that is not blank. */
async function readStart(body: Reader): Promise<{ start: string; bytes: Uint8Array[] }> {
  const decoder = new TextDecoder();
  const bytes: Uint8Array[] = [];
  let text = '';
  while (text.trim() === '' && text.length < LONGEST_START) {
    const { done, value } = await body.read();
    if (done) break;
    bytes.push(value);
    text += decoder.decode(value, { stream: true });
  }
  return { start: text.trimStart(), bytes };
}

async function readText(bytes: Uint8Array[], body: Reader): Promise<string> {
  const decoder = new TextDecoder();
  const parts = bytes.map((piece) => decoder.decode(piece, { stream: true }));
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  while (length <= LONGEST_ANSWER) {
    const { done, value } = await body.read();
    if (done) return parts.join('');
    const part = decoder.decode(value, { stream: true });
    parts.push(part);
    length += part.length;
  }
  await body.cancel();
  return '';
}

function joined(bytes: Uint8Array[], body: Reader): ReadableStream<Uint8Array> {
  const first = [...bytes];
  return new ReadableStream({
    async pull(controller) {
      const piece = first.shift();
      if (piece !== undefined) return controller.enqueue(piece);
      const { done, value } = await body.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => body.cancel(reason),
  });
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !isTooDeep(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a response with another body. */
export function withBody(response: Response, body: string | ReadableStream<Uint8Array>): Response {
  const headers = new Headers(response.headers);
  // They describe the bytes of the original body.
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name);
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}

/**
 * Converts a whole chat completion to a chunk of a stream, with its calls and its usage. An error passes through.
 * Returns undefined for anything else.
 */
export function toChatChunk(body: object): object | undefined {
  if ('error' in body && body.error) return body;
  if (!('choices' in body) || !Array.isArray(body.choices)) return undefined;
  return { ...body, object: 'chat.completion.chunk', choices: body.choices.map(toChunkChoice) };
}

function toChunkChoice(choice: unknown): unknown {
  if (typeof choice !== 'object' || choice === null || !('message' in choice)) return choice;
  const { message, ...rest } = choice;
  return { ...rest, delta: numbered(message) };
}

/** Numbers the calls, as a stream does. */
function numbered(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return {};
  if (!('tool_calls' in message) || !Array.isArray(message.tool_calls)) return message;
  const calls: unknown[] = message.tool_calls;
  const tool_calls = calls.map((call, index) =>
    typeof call === 'object' && call !== null ? { ...call, index } : call,
  );
  return { ...message, tool_calls };
}
