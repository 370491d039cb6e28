import { z } from 'zod';
import { ModelError, type ModelRequest, type ProviderName } from '../model.ts';
import { type FailureFacts, findCause } from './failure-causes.ts';

const word = z
  .string()
  .max(80)
  .regex(/^[A-Za-z]+([._][A-Za-z0-9]+|\[\d+\])*$/)
  .optional()
  .catch(undefined);

/** The fields that the errors of the SDKs share. A field of another type counts as missing. */
const SdkError = z.object({
  status: z.int().optional().catch(undefined),
  headers: z.instanceof(Headers).optional().catch(undefined),
  type: word,
  /** A word, or the status of an error inside a stream. */
  code: z.union([z.int().min(400).max(599), word]).catch(undefined),
  param: word,
  errorCode: word,
  message: z.string().optional().catch(undefined),
});

/**
 * Converts an exception of an SDK to a {@link ModelError}. Returns undefined for an error of our own code, which must
 * not look like a provider's failure. The message tells a user the cause; the error's cause has the status and the
 * machine codes for the log. Neither has a key or a prompt.
 */
export function classifyFailure(
  provider: ProviderName,
  error: unknown,
  readFacts: (error: unknown) => FailureFacts = readSdkFacts,
  request?: ModelRequest,
): ModelError | undefined {
  if (error instanceof ModelError) return error;
  // A piece of the stream was lost or damaged on the way.
  if (error instanceof SyntaxError)
    return new ModelError('unavailable', `${provider} sent a stream that cannot be read; try again later`);
  if (error instanceof z.ZodError) {
    return new ModelError('invalid_answer', `${provider} sent an answer that cannot be read`);
  }
  const facts = readFacts(error);
  if (facts.status === undefined && facts.words.length === 0) return classifyWithoutFacts(provider, error);
  const isAway = facts.status !== undefined && AWAY.has(facts.status);
  const { kind, says } = findCause(provider, facts, request);
  const words = [...new Set(facts.words)].join(' ');
  const answered = facts.status === undefined ? 'failed inside its stream' : `answered ${facts.status}`;
  const cause = new Error(`${provider} ${answered}${words ? ` (${words})` : ''}`);
  return new ModelError(kind, says, { retryAfterMs: facts.retryAfterMs, isAway, cause });
}

/** Statuses of a server that takes no requests now. Another failure, such as 500, may be about this request. */
const AWAY = new Set([429, 502, 503, 504, 529]);

/**
 * Classifies connection failures. undici's TypeErrors have a cause; the connection errors of the SDKs have no status.
 */
function classifyWithoutFacts(provider: ProviderName, error: unknown): ModelError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message.includes('default credentials')) {
    return new ModelError('unauthorized', `${provider} found no Google credentials`);
  }
  if (error instanceof TypeError && error.cause === undefined && !/fetch failed|terminated/.test(error.message)) {
    return undefined;
  }
  if (error instanceof RangeError || error instanceof ReferenceError) return undefined;
  if ('error' in error && error.error !== undefined) {
    return new ModelError('unavailable', `${provider} failed inside its answer; try again later`);
  }
  const code = networkCode(error);
  return new ModelError(
    'unavailable',
    `${provider} could not be reached or closed the connection${code ? ` (${code})` : ''}; check its address, or try again later`,
    { isAway: true },
  );
}

const Coded = z.object({ code: z.string().regex(/^[A-Z_]{3,40}$/) });

/** Returns the system's code (ECONNREFUSED, UND_ERR_SOCKET, …), which is one or two causes deep. */
function networkCode(error: Error): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth += 1) {
    const coded = Coded.safeParse(current);
    if (coded.success) return coded.data.code;
    current = current.cause;
  }
  return undefined;
}

/** Reads the facts of an error of the Anthropic or OpenAI SDK. */
function readSdkFacts(error: unknown): FailureFacts {
  const parsed = SdkError.safeParse(error);
  if (!parsed.success) return { words: [] };
  const { status, headers, type, code, param, errorCode, message } = parsed.data;
  // The code of a system error (ECONNRESET) means that the network failed, not that the provider answered.
  const words = [type, code, param, errorCode].filter((entry) => typeof entry === 'string' && !/^[A-Z_]+$/.test(entry));
  return {
    status: status ?? (typeof code === 'number' ? code : undefined),
    words: words.filter((entry) => typeof entry === 'string'),
    sentence: message,
    retryAfterMs: headers === undefined ? undefined : readRetryAfter(headers, Date.now()),
  };
}

/** Returns the milliseconds that `retry-after-ms` or `retry-after` (seconds or an HTTP date) asks for. */
export function readRetryAfter(headers: Headers, now: number): number | undefined {
  const exact = toDelay(headers.get('retry-after-ms'), 1);
  if (exact !== undefined) return exact;
  const text = headers.get('retry-after');
  const seconds = toDelay(text, 1000);
  if (seconds !== undefined || text === null) return seconds;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function toDelay(text: string | null, unit: number): number | undefined {
  if (text === null || !/^\d{1,12}(\.\d{1,6})?$/.test(text.trim())) return undefined;
  return Math.ceil(Number(text) * unit);
}
