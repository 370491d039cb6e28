import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, problemOfDatabaseError } from '../errors.ts';
import { bearerToken } from '../http/request-head.ts';
import { publicOrigin } from '../process/own-url.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

/**
 * Adds to a refusal (401) where a client learns how to sign in: the metadata of the protected resource (RFC 9728).
 * @param path of the metadata
 */
export function challenging(path: string, answer: Answer): Answer {
  return (request, response, requestId) =>
    answer(request, response, requestId).catch((error: unknown) => {
      const problem = error instanceof Problem ? error : problemOfDatabaseError(error);
      if (problem?.kind !== 'unauthenticated') throw error;
      throw challengeOf(problem, path, bearerToken(request) === undefined ? undefined : 'invalid_token');
    });
}

/** Returns the refusal of a valid token that does not have the scope (RFC 6750, section 3.1). */
export function insufficientScope(problem: Problem, path: string, scope: string): Problem {
  return challengeOf(problem, path, 'insufficient_scope', scope);
}

function challengeOf(problem: Problem, path: string, error?: string, scope?: string): Problem {
  const parameters = [
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
    `resource_metadata="${publicOrigin()}${path}"`,
  ];
  const headers = { ...problem.options.headers, 'www-authenticate': `Bearer ${parameters.join(', ')}` };
  return new Problem(problem.kind, problem.message, { ...problem.options, headers });
}
