import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range of outgoing connections, which could otherwise take the port of a server while it restarts. */
const FIRST = 15_000;
const COUNT = 15_000;

/** Returns a free port that stays free while its server restarts. */
export async function stablePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
