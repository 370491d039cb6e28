import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { type AddressPolicy, findAddresses } from '../../platform/http/public-address.ts';
import { isHostAllowed } from '../network-policy.ts';

/**
 * The network access of one command. Every connection is checked here before it is opened, and every byte is counted.
 */
export interface EgressSettings {
  allowedHosts: readonly string[];
  limits: EgressLimits;
  addresses: AddressPolicy;
  /** Opens a connection to a checked address. Tests redirect it to their own ports. */
  dial(address: string, port: number): Socket;
}

interface EgressLimits {
  /** The most concurrent connections. */
  openConnections: number;
  /** The most connections of a command in total. */
  connections: number;
  /** The most bytes in both directions together. */
  bytes: number;
  /** How long a connection may be idle, and how long opening it may take. */
  idleMilliseconds: number;
  connectMilliseconds: number;
}

export const DEFAULT_EGRESS_LIMITS: EgressLimits = {
  openConnections: 64,
  // npm opens about 20 and keeps them; a port scan opens thousands.
  connections: 1_000,
  bytes: 512 * 1024 * 1024,
  idleMilliseconds: 60_000,
  connectMilliseconds: 10_000,
};

export const EgressReport = z.strictObject({
  connections: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Hosts that the command asked for and did not reach, as the command wrote them. */
  refused: z.array(z.strictObject({ host: z.string(), reason: z.string(), count: z.int().positive() })),
});
export type EgressReport = z.infer<typeof EgressReport>;

export function dialAddress(address: string, port: number): Socket {
  return connect({ host: address, port });
}

/** The most refused hosts in a report. */
const MAX_REFUSED = 100;
const MAX_HOST_LENGTH = 255;

export class Egress {
  readonly settings: EgressSettings;
  readonly #refused = new Map<string, EgressReport['refused'][number]>();
  readonly #sockets = new Set<Socket>();
  #connections = 0;
  #bytes = 0;

  constructor(settings: EgressSettings) {
    this.settings = settings;
  }

  /** Records a refused host. Returns the sentence that the client gets. */
  refuse(host: string, reason: string): string {
    const shown = host.slice(0, MAX_HOST_LENGTH).replace(/[^\x21-\x7e]/g, '?') || '(none)';
    const key = `${shown} ${reason}`;
    const known = this.#refused.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#refused.size < MAX_REFUSED) this.#refused.set(key, { host: shown, reason, count: 1 });
    return `${shown} is not reached: ${reason}.`;
  }

  /** Returns the checked addresses of a host, or the sentence that says why the host is refused. */
  async find(host: string): Promise<{ addresses: string[] } | { refusal: string }> {
    const { allowedHosts, limits, addresses } = this.settings;
    if (!isHostAllowed(host, allowedHosts))
      return { refusal: this.refuse(host, 'the policy of the run does not allow it') };
    if (this.#bytes > limits.bytes) return { refusal: this.refuse(host, 'the command has transferred too many bytes') };
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

  /**
   * Connects to the first address that answers. Never uses the name, because it could resolve to another address by
   * now.
   */
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

  /** Closes idle and broken connections. */
  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setTimeout(this.settings.limits.idleMilliseconds, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Counts transferred bytes, and closes every connection when the limit is exceeded. */
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
