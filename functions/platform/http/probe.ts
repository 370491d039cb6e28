import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeJson } from './answer.ts';
import { parseRoute } from './route.ts';
import type { ServedFunction } from './served-function.ts';

/**
 * `GET /health` of every service: the process runs and answers. It touches neither the database nor a limit, because a start-up probe that fails
 * with the database would restart instances that are well.
 */
export async function answerHealth(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  writeJson(response, 200, { status: 'ok' });
}

/** These functions and the probe, unless one of them answers there itself. */
export function withProbe(declarations: readonly ServedFunction[]): ServedFunction[] {
  const isServed = declarations.some(({ route }) => route.method === 'GET' && route.path === '/health');
  return isServed ? [...declarations] : [...declarations, PROBE];
}

const PROBE: ServedFunction = {
  kind: 'endpoint',
  name: 'health',
  route: parseRoute('GET /health'),
  deployment: {},
  handle: answerHealth,
};
