import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { type AddressPolicy, findAddresses } from '../../platform/http/public-address.ts';
import { isHostAllowed } from '../network-policy.ts';

/**
 * What one command may do outside, and what it did: every connection is asked for here first, and every byte is
 * counted.
 */
export interface EgressSettings {
  allowedHosts: readonly string[];
  limits: EgressLimits;
  addresses: AddressPolicy;
  /** Opens a connection to an address that was judged; tests lead it to their own ports. */
  dial(address: string, port: number): Socket;
}

export interface EgressLimits {
  /** At the same time, and in all. */
  openConnections: number;
  connections: number;
  /** Both ways together. */
  bytes: number;
  /** How long a connection may say nothing, and how long it may take to come about. */
  idleMilliseconds: number;
  connectMilliseconds: number;
}

export const DEFAULT_EGRESS_LIMITS: EgressLimits = {
  openConnections: 64,
  // npm opens some twenty and keeps them; a scan opens thousands.
  connections: 1_000,
  bytes: 512 * 1024 * 1024,
  idleMilliseconds: 60_000,
  connectMilliseconds: 10_000,
};

export const EgressReport = z.strictObject({
  connections: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Hosts that were asked for and not reached, as the command wrote them. */
  refused: z.array(z.strictObject({ host: z.string(), reason: z.string(), count: z.int().positive() })),
});
export type EgressReport = z.infer<typeof EgressReport>;

export function dialAddress(address: string, port: number): Socket {
  return connect({ host: address, port });
}

/** So many different refused hosts tell the story. */
const MOST_REFUSED = 100;
const LONGEST_HOST = 255;

export class Egress {
  readonly settings: EgressSettings;
  readonly #refused = new Map<string, EgressReport['refused'][number]>();
  readonly #sockets = new Set<Socket>();
  #connections = 0;
  #bytes = 0;

  constructor(settings: EgressSettings) {
    this.settings = settings;
  }

  /** Notes that a host is not reached. @returns the sentence that the client gets */
  refuse(host: string, reason: string): string {
    const shown = host.slice(0, LONGEST_HOST).replace(/[^\x21-\x7e]/g, '?') || '(none)';
    const key = `${shown} ${reason}`;
    const known = this.#refused.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#refused.size < MOST_REFUSED) this.#refused.set(key, { host: shown, reason, count: 1 });
    return `${shown} is not reached: ${reason}.`;
  }

  /** @returns the judged addresses of a host, or the sentence that says why not. */
  async find(host: string): Promise<{ addresses: string[] } | { refusal: string }> {
    const { allowedHosts, limits, addresses } = this.settings;
    if (!isHostAllowed(host, allowedHosts))
      return { refusal: this.refuse(host, 'the policy of the run does not name it') };
    if (this.#bytes > limits.bytes) return { refusal: this.refuse(host, 'the command has used up its bytes') };
    if (this.#connections >= limits.connections || this.#sockets.size >= limits.openConnections)
      return { refusal: this.refuse(host, 'the command has opened too many connections') };
    this.#connections += 1;
    const late = new Promise<{ status: 'refused'; reason: string }>((resolve) => {
      setTimeout(
        () => resolve({ status: 'refused', reason: 'its name was not resolved in time' }),
        limits.connectMilliseconds,
      ).unref();
    });
    const found = await Promise.race([findAddresses(host.toLowerCase(), addresses), late]);
    if (found.status === 'refused') return { refusal: this.refuse(host, found.reason) };
    return { addresses: found.addresses.map(({ address }) => address) };
  }

  /** The first address that answers, one after the other. Never a name: that could mean something else by now. */
  async connect(addresses: readonly string[], port: number): Promise<Socket | undefined> {
    for (const address of addresses) {
      const socket = this.settings.dial(address, port);
      if (await isConnected(socket, this.settings.limits.connectMilliseconds)) {
        this.#watch(socket);
        return socket;
      }
      socket.destroy();
    }
    return undefined;
  }

  /** Counts what comes from outside and, told by `sent`, what goes there; past the cap every connection is cut. */
  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setTimeout(this.settings.limits.idleMilliseconds, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.settings.limits.bytes) this.cut();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  report(): EgressReport {
    return { connections: this.#connections, bytes: this.#bytes, refused: [...this.#refused.values()] };
  }
}

function isConnected(socket: Socket, milliseconds: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => clearTimeout(timer));
}
