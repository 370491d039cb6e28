import type { components } from './api.generated.d.ts';

/** The problem+json of an answer (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/**
 * A call that did not succeed. `problem` is what the server said; it is undefined when no answer came (offline, or the
 * server restarts), and then `status` is 0.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;

  constructor(status: number, problem: Problem | undefined) {
    super(problem?.detail ?? problem?.title ?? 'The server did not answer.');
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
  }

  /** Whether the same call may succeed later without a change. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Returns the data of an answer of the typed client. @throws ApiError when there is none */
export async function dataOf<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, undefined);
  });
  if (!response.ok) throw new ApiError(response.status, problemIn(error));
  return data as NonNullable<T>;
}

/** Returns the error of an answer that was read without the typed client. */
export async function errorOf(response: Response): Promise<ApiError> {
  return new ApiError(response.status, problemIn(await response.json().catch(() => undefined)));
}

function problemIn(value: unknown): Problem | undefined {
  return typeof value === 'object' && value !== null && 'title' in value ? (value as Problem) : undefined;
}
