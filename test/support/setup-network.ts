import { isIP, Socket } from 'node:net';

/** Hosts outside this machine that the running test tried to reach. */
const attempts: string[] = [];

/**
 * Closes the network except loopback, Unix sockets and the host of the database: a connection to any other host fails
 * at once, and its test fails with it. Returns a function that opens the network again.
 */
export function closeNetwork(allowedHosts: readonly string[]): () => void {
  const connect = Socket.prototype.connect;
  const guarded = function (this: Socket, ...parameters: unknown[]): Socket {
    const host = hostOf(parameters);
    if (host === undefined || isLoopback(host) || allowedHosts.includes(host))
      return Reflect.apply(connect, this, parameters);
    attempts.push(host);
    process.nextTick(() => this.destroy(new Error(`Tests have no network access, but ${host} was called`)));
    return this;
  };
  // `connect` has seven overloads. All arguments are passed on unchanged.
  Socket.prototype.connect = guarded as typeof connect;
  return () => {
    Socket.prototype.connect = connect;
  };
}

/** Fails the running test when it tried to reach another host. */
export function checkNetwork(): void {
  const tried = attempts.splice(0);
  if (tried.length > 0) throw new Error(`The test tried to reach ${tried.join(', ')}`);
}

/**
 * Returns the host of a call of `connect`. Its arguments are options, or a port and a host, or an array whose first
 * element is options, which `net.connect` passes.
 */
function hostOf([first, second]: unknown[]): string | undefined {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'object' && options !== null) {
    if ('path' in options && options.path) return undefined;
    return 'host' in options && typeof options.host === 'string' ? options.host : undefined;
  }
  return typeof second === 'string' ? second : undefined;
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
