/**
 * The kinds of problem, by `type`. Each kind has its status and title, so no throw statement chooses them.
 *
 * The class of an error decides how it is handled:
 *
 * - {@link Problem}: the caller's mistake. It is answered as problem+json (RFC 9457) and never retried.
 * - {@link NotNow}: a step cannot continue yet. It is answered with 2xx and a new task for later, because a 429 or 503
 *   would slow the queue for every tenant.
 * - {@link DatabaseAway}: 503 to a caller; a step answers 500, so that one tenant's connection slows no queue.
 * - Anything else: 500. The queue retries it.
 */
export const PROBLEMS = {
  'malformed-request': [400, 'The request could not be read'],
  'invalid-cursor': [400, 'The cursor does not belong to this list'],
  unauthenticated: [401, 'Sign in first'],
  forbidden: [403, 'Not allowed'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  conflict: [409, 'The present state does not allow this'],
  'in-progress': [409, 'The first request with this key is still running'],
  gone: [410, 'No longer there'],
  'precondition-failed': [412, 'It has changed since you read it'],
  'too-large': [413, 'The body is too large'],
  'misdirected-request': [421, 'This host is not served here'],
  'unsupported-media-type': [415, 'This kind of body is not accepted'],
  'invalid-request': [422, 'The request has invalid fields'],
  'key-reused': [422, 'The Idempotency-Key was used with another body'],
  'upgrade-required': [426, 'This address speaks WebSocket'],
  'too-many-requests': [429, 'Too many requests'],
  'internal-error': [500, 'Something went wrong on our side'],
  'not-available': [501, 'Not available here'],
  'upstream-failed': [502, 'A service that we depend on failed'],
  'not-ready': [503, 'Not ready'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemKind = keyof typeof PROBLEMS;

export interface ProblemOptions {
  /** Machine-readable: which field is wrong and why. */
  errors?: { path: string; message: string }[];
  /** Whole seconds after which the caller may retry. */
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  /** Only for our logs; it is never sent. */
  cause?: unknown;
}

/**
 * The caller's mistake, or a state that the caller must know. `detail` is a sentence for the caller, without SQL,
 * paths, stacks and secrets.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
  readonly options: ProblemOptions;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.kind = kind;
    [this.status, this.title] = PROBLEMS[kind];
    this.options = options;
  }
}

/** A step cannot continue yet. It runs again after `seconds`, with the same payload, as a new task. */
export class NotNow extends Error {
  readonly seconds: number;

  constructor(reason: string, seconds: number) {
    super(reason);
    this.name = 'NotNow';
    this.seconds = seconds;
  }
}

/**
 * A statement with `fence = $f` matched no row: another worker took over, or the run was cancelled. The worker stops,
 * writes nothing more and answers 200.
 */
export class FenceLost extends Error {
  constructor(what: string) {
    super(`${what} belongs to a newer claim`);
    this.name = 'FenceLost';
  }
}

/**
 * The connection to the database was refused or lost. The statements may have been executed or not. The work is not at
 * fault and continues from its recorded state.
 */
export class DatabaseAway extends Error {
  constructor(cause: unknown) {
    super(`The database is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'DatabaseAway';
  }
}

/** SQLSTATEs of our SQL functions (AF…), and SQLSTATEs of Postgres that have one meaning for a caller. */
const SQLSTATE_PROBLEMS: Record<string, [ProblemKind, string]> = {
  AF401: ['unauthenticated', 'The token or key is not valid any more.'],
  AF403: ['forbidden', 'Your role or the scopes of your key do not allow this.'],
  AF404: ['not-found', 'There is no such thing.'],
  AF409: ['conflict', 'The present state does not allow this.'],
  AF429: ['too-many-requests', 'The limit of your tenant is reached.'],
  '42501': ['not-found', 'There is no such thing.'],
  '22007': ['invalid-request', 'A time cannot be stored.'],
  '22008': ['invalid-request', 'A time is out of range.'],
  '22P05': ['invalid-request', 'A text holds a character that cannot be stored.'],
  '22021': ['invalid-request', 'A text holds a character that cannot be stored.'],
};

/** Returns the problem for a database error, or undefined when the error is our fault. */
export function problemOfDatabaseError(error: unknown): Problem | undefined {
  const code = sqlState(error);
  const known = code === undefined ? undefined : SQLSTATE_PROBLEMS[code];
  if (known === undefined) return undefined;
  const hint = error instanceof Error && code?.startsWith('AF') && 'hint' in error ? error.hint : undefined;
  return new Problem(known[0], typeof hint === 'string' && hint !== '' ? hint : known[1], { cause: error });
}

/** Returns the five-character SQLSTATE of an error from Postgres. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}
