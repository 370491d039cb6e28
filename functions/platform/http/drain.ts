import type { Server } from 'node:http';

/**
 * Stops a server without cutting a request: nothing new is accepted, requests under way may end, and what has not ended after `patienceMs`
 * is cut, which the queue repeats.
 */
export async function drain(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that becomes idle after close() would stay open for its whole keep-alive time.
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearInterval(closeIdle);
  clearTimeout(cut);
}
