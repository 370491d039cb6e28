import type { IncomingMessage, ServerResponse } from 'node:http';
import { createId } from '../id.ts';
import { log } from '../log.ts';
import { recordRefusal } from '../sign-in/security-event.ts';
import { problemOf, writeProblem } from './answer.ts';
import { addressOf } from './request-head.ts';

/**
 * Runs `answer` and turns anything it throws into problem+json. If the reply has begun already, the connection is cut.
 */
export async function guarded(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>,
): Promise<void> {
  const requestId = createId('req');
  try {
    await answer(request, response, requestId);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      if (!response.destroyed) log('warning', 'reply cut off', { request_id: requestId, function: name, error });
      response.destroy();
      return;
    }
    const problem = problemOf(error, { requestId, function: name });
    const { pathname } = addressOf(request);
    if (problem.status === 401 || problem.status === 403)
      await recordRefusal(problem, request, { name, requestId, pathname });
    writeProblem(response, problem, requestId, pathname);
    discardBody(request);
  }
}

/** How long the rest of the body of a refused request is read. */
const DISCARD_MS = 5_000;

/**
 * Reads the rest of a refused request and keeps nothing. A client that is still sending would see a reset connection
 * and not the reply if the connection were closed at once.
 */
function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, DISCARD_MS).unref();
  request.once('close', () => clearTimeout(timer));
}
