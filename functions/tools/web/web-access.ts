import { type AddressPolicy, PUBLIC_ADDRESSES } from '../../platform/http/public-address.ts';

/**
 * The addresses, ports and limits of the web tools. Production uses {@link PUBLIC_WEB}, and no environment variable
 * changes it. Tests pass other values, because their only network is the loopback interface.
 */
export interface WebAccess {
  addresses: AddressPolicy;
  isAllowedPort(port: number): boolean;
  limits: WebLimits;
  /** Additional certificate authorities as PEM. None in production. */
  authorities?: string;
}

export interface WebLimits {
  redirects: number;
  headBytes: number;
  /** The size on the network, before decompression. */
  wireBytes: number;
  /** The size after decompression. */
  bodyBytes: number;
  /** The time until the head of the response is complete, for each redirect. */
  headMs: number;
  /** The time for everything: resolving names, redirects and the body. */
  totalMs: number;
}

export const PUBLIC_WEB: WebAccess = {
  addresses: PUBLIC_ADDRESSES,
  isAllowedPort: (port) => port === 80 || port === 443,
  limits: {
    redirects: 5,
    headBytes: 32 * 1024,
    wireBytes: 2 * 1024 * 1024,
    bodyBytes: 2 * 1024 * 1024,
    headMs: 10_000,
    totalMs: 30_000,
  },
};
