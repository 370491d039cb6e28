import type { IncomingMessage, ServerResponse } from 'node:http';
import { log } from '../log.ts';
import { writeJson } from './answer.ts';
import { lookAtParts, noteServed } from './parts.ts';
import { parseRoute, type RouteText } from './route.ts';
import type { ServedFunction } from './served-function.ts';

/**
 * Answers `GET /health` of every service: the process runs. It uses neither the database nor a rate limit, because a
 * probe that fails with the database would restart healthy instances.
 */
export async function answerHealth(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  writeJson(response, 200, { status: 'ok' });
}

/**
 * Answers `GET /readiness` of a service that cannot work without a part, such as the sandbox program: 503 when the part
 * is missing, so that a broken deployment gets no traffic. The reason goes only to the log.
 */
async function answerReadiness(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts = await lookAtParts();
  const isReady = Object.values(parts).every(({ status }) => status === 'available');
  if (!isReady) log('warning', 'service not ready', { parts });
  writeJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready' });
}

/** Adds the probes to the functions, unless a function serves the path of a probe itself. */
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
