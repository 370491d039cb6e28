import type { Client } from 'pg';
import { log } from '../log.ts';

type Hear = (payload: string) => void;

/**
 * Runs LISTEN on its own session, which is opened with the first listener and reopened when it is lost. Notifications
 * sent in between are lost, so listeners must also poll.
 */
export function createListener(createClient: () => Client) {
  const channels = new Map<string, Set<Hear>>();
  let session: Promise<Client> | undefined;
  let closed = false;

  const open = async (): Promise<Client> => {
    const client = createClient();
    client.on('notification', ({ channel, payload }) => {
      for (const hear of channels.get(channel) ?? []) hear(payload ?? '');
    });
    // A server that ends the session causes two errors: its message, and the end of the connection.
    let isLost = false;
    client.on('error', (error) => {
      if (isLost || closed) return;
      isLost = true;
      session = undefined;
      log('warning', 'LISTEN session lost', { error });
      setTimeout(() => void reopen(), 1_000).unref();
    });
    await client.connect();
    for (const channel of channels.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    return client;
  };

  const reopen = async () => {
    if (closed || channels.size === 0) return;
    session ??= open();
    await session.catch(() => {
      session = undefined;
      setTimeout(() => void reopen(), 1_000).unref();
    });
  };

  const listen = async (channel: string, hear: Hear): Promise<() => Promise<void>> => {
    const hearers = channels.get(channel) ?? new Set<Hear>();
    const isNew = hearers.size === 0;
    hearers.add(hear);
    channels.set(channel, hearers);
    if (session === undefined) await reopen();
    else if (isNew) await session.then((client) => client.query(`listen ${client.escapeIdentifier(channel)}`));
    return async () => {
      hearers.delete(hear);
    };
  };

  const close = async () => {
    closed = true;
    const client = await session?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  };

  return { listen, close };
}
