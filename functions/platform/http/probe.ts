import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../log.ts';
import { writeJson } from './answer.ts';
import { lookAtParts, noteServed } from './parts.ts';
import { parseRoute, type RouteText } from './route.ts';
import type { ServedFunction } from './served-function.ts';

/**
 * `GET /health` of every service: the process runs and answers. It touches neither the database nor a limit, because a start-up probe that fails
 * with the database would restart instances that are well.
 */
export async function answerHealth(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  writeJson(response, 200, { status: 'ok' });
}

/**
 * `GET /readiness` of a service that is nothing without its part, such as the sandbox's program: 503 without it, so that a deployment that lost it takes
 * no traffic. The reason is for the log; who probes gets a status.
 */
async function answerReadiness(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts = await lookAtParts();
  const isReady = Object.values(parts).every(({ status }) => status === 'available');
  if (!isReady) log('warning', 'this service is not ready', { parts });
  writeJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready' });
}

/** These functions and their probes, unless one of them answers there itself. */
export function withProbe(declarations: readonly ServedFunction[]): ServedFunction[] {
  noteServed(declarations);
  const isServed = (path: string) => declarations.some(({ route }) => route.method === 'GET' && route.path === path);
  const hasParts = declarations.some(({ part }) => part !== undefined);
  return [
    ...declarations,
    ...(isServed('/health') ? [] : [probe('health', 'GET /health', answerHealth)]),
    ...(hasParts && !isServed('/readiness') ? [probe('readiness', 'GET /readiness', answerReadiness)] : []),
  ];
}

function probe(name: string, route: RouteText, handle: ServedFunction['handle']): ServedFunction {
  return { kind: 'endpoint', name, route: parseRoute(route), deployment: {}, handle };
}
