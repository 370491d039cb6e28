import { z } from 'zod';
import { ModelError, type ProviderName } from '../model.ts';

/**
 * What a provider reported about a failure. `words` are only machine codes, because a provider's sentences may quote
 * the prompt or a key.
 */
export interface FailureFacts {
  status?: number | undefined;
  words: string[];
  retryAfterMs?: number | undefined;
}

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
  code: word,
  param: word,
  errorCode: word,
});

/** Codes that are more precise than the HTTP status. Some statuses are misleading. */
const KIND_OF_WORD = new Map<string, ModelError['kind']>([
  ['API_KEY_INVALID', 'unauthorized'],
  ['authentication_error', 'unauthorized'],
  ['permission_error', 'unauthorized'],
  ['invalid_api_key', 'unauthorized'],
  // An account without credit gets 429, but waiting does not help.
  ['insufficient_quota', 'rejected'],
  ['billing_error', 'rejected'],
]);

/** Codes of errors inside a stream, which have no HTTP status. */
const KIND_OF_WORD_WITHOUT_STATUS = new Map<string, ModelError['kind']>([
  ['rate_limit_error', 'rate_limited'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['invalid_request_error', 'rejected'],
  ['not_found_error', 'rejected'],
  ['request_too_large', 'rejected'],
]);

/**
 * Converts an exception of an SDK to a {@link ModelError}. Returns undefined for an error of our own code, which must
 * not look like a provider's failure. The message contains only the status and machine codes, so it has no key and no
 * prompt.
 */
export function classifyFailure(
  provider: ProviderName,
  error: unknown,
  readFacts: (error: unknown) => FailureFacts = readSdkFacts,
): ModelError | undefined {
  if (error instanceof ModelError) return error;
  if (error instanceof SyntaxError || error instanceof z.ZodError) {
    return new ModelError('invalid_answer', `${provider} sent an answer that cannot be read`);
  }
  const facts = readFacts(error);
  if (facts.status === undefined && facts.words.length === 0) return classifyWithoutFacts(provider, error);
  const kind = kindOf(facts);
  const words = [...new Set(facts.words)].join(' ');
  const answered = facts.status === undefined ? 'failed inside its stream' : `answered ${facts.status}`;
  return new ModelError(kind, `${provider} ${answered}${words ? ` (${words})` : ''}`, {
    retryAfterMs: facts.retryAfterMs,
  });
}

function kindOf({ status, words }: FailureFacts): ModelError['kind'] {
  for (const entry of words) {
    const kind = KIND_OF_WORD.get(entry) ?? (status === undefined ? KIND_OF_WORD_WITHOUT_STATUS.get(entry) : undefined);
    if (kind !== undefined) return kind;
  }
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'unauthorized';
  // 408: the provider did not receive the body in time; the request itself is valid.
  if (status === undefined || status === 408 || status >= 500) return 'unavailable';
  return 'rejected';
}

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
  const code = networkCode(error);
  return new ModelError(
    'unavailable',
    `${provider} could not be reached or closed the connection${code ? ` (${code})` : ''}`,
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
  const { status, headers, type, code, param, errorCode } = parsed.data;
  // The code of a system error (ECONNRESET) means that the network failed, not that the provider answered.
  const words = [type, code, param, errorCode].filter((entry) => entry !== undefined && !/^[A-Z_]+$/.test(entry));
  return {
    status,
    words: words.filter((entry) => entry !== undefined),
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
