import { newKey } from './client.ts';

/**
 * Calls that start something that costs money happen once for the same content: a double click shares the call under
 * way, and a call whose answer was lost is repeated with its Idempotency-Key, even after a reload. The server returns
 * the first result for a key that it knows, and a call that it refused leaves no key.
 */

interface Kept {
  content: string;
  key: string;
}

const PLACE = 'apexflow.once';
const underway = new Map<string, Promise<unknown>>();

/** Calls `send` with the key of this content. The key is forgotten when the call has succeeded. */
export function once<T>(
  content: string,
  send: (key: string) => Promise<T>,
  storage: Storage | undefined = browserStorage(),
): Promise<T> {
  const running = underway.get(content);
  if (running !== undefined) return running as Promise<T>;
  const kept = read(storage);
  const key = kept?.content === content ? kept.key : newKey();
  write(storage, { content, key });
  const call = send(key)
    .then((result) => {
      write(storage, undefined);
      return result;
    })
    .finally(() => underway.delete(content));
  underway.set(content, call);
  return call;
}

function browserStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function read(storage: Storage | undefined): Kept | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(PLACE) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { content, key } = value as Partial<Kept>;
    return typeof content === 'string' && typeof key === 'string' ? { content, key } : undefined;
  } catch {
    return undefined;
  }
}

function write(storage: Storage | undefined, kept: Kept | undefined): void {
  try {
    if (kept === undefined) storage?.removeItem(PLACE);
    else storage?.setItem(PLACE, JSON.stringify(kept));
  } catch {
    // A full storage: the key holds until the page is closed.
  }
}
