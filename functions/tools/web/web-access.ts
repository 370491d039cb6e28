import { type AddressPolicy, PUBLIC_ADDRESSES } from '../../platform/http/public-address.ts';

/**
 * What the web tools may reach and how long they look. Production uses {@link PUBLIC_WEB} and no environment variable
 * changes it; the other values exist because a test's only network is the loopback.
 */
export interface WebAccess {
  addresses: AddressPolicy;
  isAllowedPort(port: number): boolean;
  limits: WebLimits;
  /** PEM of authorities beside the system's; none in production. */
  authorities?: string;
}

export interface WebLimits {
  redirects: number;
  headBytes: number;
  /** As they come over the wire, compressed. */
  wireBytes: number;
  /** After decompression. */
  bodyBytes: number;
  /** From the request until its answer's head is whole, for each hop. */
  headMs: number;
  /** For everything: names, redirects and the body. */
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
