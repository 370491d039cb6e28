import type { BrowserContext, ConsoleMessage, Page, Request, Response } from 'playwright-core';

/** What a page did that the test did not announce. */
export interface Watch {
  /** Allows answers with a status at paths that begin with `path`. The test fails when none comes. */
  announce(status: number, path: string): void;
  /** Allows requests that reach no server, for a test that stops the server, until the returned function is called. */
  announceOutage(): () => void;
  /** Returns a sentence for each problem since the last call, and for each announced answer that did not come. */
  problems(): string[];
}

interface Announced {
  status: number;
  path: string;
  seen: boolean;
}

/**
 * Watches all pages of a context. Problems are: a line of the browser's console of level error or warning, an uncaught
 * error, an unhandled rejection, a violation of the Content-Security-Policy, a request to another origin, a request
 * that failed, and an answer of 400 or more.
 */
export async function watchContext(context: BrowserContext, origin: string): Promise<Watch> {
  const found: string[] = [];
  let announced: Announced[] = [];
  let outages = 0;
  await context.addInitScript(REPORT_VIOLATIONS);
  const watchPage = (page: Page) => {
    page.on('pageerror', (error) => found.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== new URL(origin).host) found.push(`a socket to ${socket.url()}`);
    });
  };
  context.on('page', watchPage);
  context.on('console', (message) => {
    const problem = problemOf(message, outages > 0);
    if (problem !== undefined) found.push(problem);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['blob:', 'about:', 'data:'].includes(url.protocol))
      found.push(`a request to another origin: ${request.url()}`);
  });
  context.on('requestfailed', (request) => {
    if (outages === 0 && !isAborted(request))
      found.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
  });
  context.on('response', (response) => {
    const problem = problemOfResponse(response, announced, outages > 0);
    if (problem !== undefined) found.push(problem);
  });
  return {
    announce: (status, path) => void announced.push({ status, path, seen: false }),
    announceOutage: () => {
      outages += 1;
      return () => {
        outages -= 1;
      };
    },
    problems: () => {
      const missing = announced
        .filter(({ seen }) => !seen)
        .map(({ status, path }) => `no answer was ${status} at ${path}, which the test announced`);
      announced = [];
      return [...found.splice(0), ...missing];
    },
  };
}

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('Content-Security-Policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
});`;

/**
 * Chromium logs a failed request too. `response` and `requestfailed` report it with its path and status. A socket that
 * reaches no server is told by the log alone.
 */
function problemOf(message: ConsoleMessage, isOutage: boolean): string | undefined {
  const text = message.text();
  if (isOutage && text.startsWith('WebSocket connection to ')) return undefined;
  if (!['error', 'warning'].includes(message.type()) || text.startsWith('Failed to load resource:')) return undefined;
  return `console ${message.type()}: ${text}`;
}

/** A page that is closed or left aborts its requests, and so does a stream that is not needed any more. */
function isAborted(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED';
}

function problemOfResponse(response: Response, announced: Announced[], isOutage: boolean): string | undefined {
  const status = response.status();
  const { pathname } = new URL(response.url());
  if (status < 400) return undefined;
  if (isOutage && status === 503) return undefined;
  const match = announced.find((answer) => answer.status === status && pathname.startsWith(answer.path));
  if (match === undefined) return `${response.request().method()} ${pathname}: ${status}`;
  match.seen = true;
  return undefined;
}
