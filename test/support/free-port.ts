import { once } from 'node:events';
import { createServer } from 'node:net';

/** Returns a port of loopback that was free a moment ago, for programs that cannot choose a port themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
