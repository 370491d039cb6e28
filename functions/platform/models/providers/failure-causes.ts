import type { ModelError, ModelRequest } from '../model.ts';
import { quoteSafely } from './quote-safely.ts';
import { NO_MODEL } from './unstreamed-body.ts';

/**
 * What a provider reported about a failure. `words` are machine codes. `sentence` is the provider's message: it may
 * quote the prompt or a key, so it is compared with known phrases, and only `quoteSafely` shows a part of it.
 */
export interface FailureFacts {
  status?: number | undefined;
  words: string[];
  sentence?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** A cause is found by a code, by an HTTP status, or by words in the message of an answer with status 400 to 422. */
interface Cause {
  kind: ModelError['kind'];
  words: readonly string[];
  statuses?: readonly number[];
  phrases?: readonly string[];
  /** Tells a user the cause and what to do. */
  says: (provider: string, model: string) => string;
}

const LATER = 'try again later';
const OTHER_MODEL = 'put the task in other words, or choose another model';

function addressOf(provider: string): string {
  switch (provider) {
    case 'openai':
    case 'qwen':
      return `${provider.toUpperCase()}_BASE_URL, which usually ends in /v1`;
    case 'claude':
      return 'ANTHROPIC_BASE_URL';
    default:
      return 'its base URL';
  }
}

/** The first cause that fits counts. Codes are more precise than the status, and some statuses are misleading. */
const CAUSES: readonly Cause[] = [
  {
    kind: 'rejected',
    words: [NO_MODEL],
    says: (provider) =>
      `${provider}: what answered is no model, such as a web page. Check the address of the server (${addressOf(provider)})`,
  },
  {
    kind: 'too_long',
    words: ['context_length_exceeded', 'exceed_context_size_error', 'request_too_large'],
    statuses: [413],
    phrases: [
      'context length',
      'context window',
      'context size',
      'context limit',
      'maximum context',
      'prompt is too long',
      'prompt too long',
      'input is too long',
      'input token count',
      'maximum prompt length',
      'maximum number of tokens allowed',
      'model token limit',
      'range of input length',
      'reduce the length of',
      'too many tokens',
      'max_new_tokens',
    ],
    says: () => "the prompt is longer than the model's context window",
  },
  {
    kind: 'rejected',
    // An account without credit gets 429, but waiting does not help.
    words: ['insufficient_quota', 'billing_error', 'insufficient_balance'],
    statuses: [402],
    phrases: ['credit balance', 'insufficient balance'],
    says: (provider) => `the account at ${provider} has no credit left: add credit there, or choose another provider`,
  },
  {
    kind: 'unauthorized',
    words: ['API_KEY_INVALID', 'authentication_error', 'invalid_api_key'],
    statuses: [401],
    says: (provider) => `${provider} rejected the API key: check the key that is configured for it`,
  },
  {
    kind: 'unauthorized',
    words: ['permission_error', 'PERMISSION_DENIED'],
    statuses: [403],
    says: (provider) => `${provider} does not allow this: check what the API key may use, or choose another model`,
  },
  {
    kind: 'rejected',
    words: ['content_filter', 'data_inspection_failed', 'content_policy_violation'],
    phrases: ['content management policy', 'inappropriate content', 'content policy'],
    says: (provider) => `the content filter of ${provider} blocked the prompt: ${OTHER_MODEL}`,
  },
  {
    kind: 'rejected',
    words: [],
    phrases: ['does not support tools', 'not support function', 'tool-call-parser', 'tool choice requires'],
    says: (_, model) =>
      `the model${model} cannot call tools: choose another model, or switch tool calls on at its server`,
  },
  {
    kind: 'rejected',
    words: ['model_not_found', 'not_found_error', 'NOT_FOUND'],
    statuses: [404],
    says: (provider, model) =>
      `${provider} does not know the model${model}: check its name and the address of the server`,
  },
  {
    kind: 'rejected',
    words: [],
    phrases: ['location is not supported'],
    says: (provider) => `${provider} does not serve the country of this server: choose another provider`,
  },
];

/** Codes of errors inside a stream, which have no HTTP status. */
const STATUS_OF_WORD = new Map<string, number>([
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['invalid_request_error', 400],
]);

/** Returns the kind of a failure and a sentence for the user. */
export function findCause(
  provider: string,
  facts: FailureFacts,
  request?: ModelRequest,
): { kind: ModelError['kind']; says: string } {
  const model = request === undefined ? '' : ` ${request.model}`;
  const inStream = facts.words.map((word) => STATUS_OF_WORD.get(word)).find((found) => found !== undefined);
  const status = facts.status ?? inStream;
  const isAboutRequest = status !== undefined && status >= 400 && status <= 422;
  const sentence = isAboutRequest ? (facts.sentence ?? '').slice(0, MOST_READ).toLowerCase() : '';
  const cause =
    CAUSES.find(({ words }) => words.some((word) => facts.words.includes(word))) ??
    CAUSES.find(({ phrases = [] }) => phrases.some((phrase) => sentence.includes(phrase))) ??
    CAUSES.find(({ statuses = [] }) => status !== undefined && statuses.includes(status));
  if (cause !== undefined) {
    const says = cause.says(provider, model);
    return { kind: cause.kind, says: cause.kind === 'too_long' ? `${says}${lengthsIn(sentence)}: ${SMALLER}` : says };
  }
  if (status === 429) return { kind: 'rate_limited', says: `${provider} answered 429: too many requests; ${LATER}` };
  if (status === undefined) return { kind: 'unavailable', says: `${provider} failed inside its answer; ${LATER}` };
  // 408: the provider did not receive the body in time; the request itself is valid.
  if (status === 408 || status >= 500) {
    return { kind: 'unavailable', says: `${provider} answered ${status}: it is overloaded or not available; ${LATER}` };
  }
  const words = request === undefined ? '' : quoteSafely(facts.sentence ?? '', request);
  const said = words === '' ? '' : `: “${words}”`;
  const which = request === undefined ? '' : ` (model${model})`;
  return { kind: 'rejected', says: `${provider} rejected the request as invalid${which}${said}` };
}

/** A provider's own words come first in its message; what it quotes comes later. */
const MOST_READ = 400;
const SMALLER = 'give a smaller task, or choose a model with a larger window';

/** Returns the length and the limit when the message has exactly these two numbers. */
function lengthsIn(sentence: string): string {
  const found = sentence.replaceAll(',', '').match(/\b\d{4,8}\b/g) ?? [];
  const [low, high, ...more] = [...new Set(found.map(Number))].sort((one, other) => one - other);
  if (low === undefined || high === undefined || more.length > 0) return '';
  return ` (${high.toLocaleString('en-US')} tokens; at most ${low.toLocaleString('en-US')})`;
}
