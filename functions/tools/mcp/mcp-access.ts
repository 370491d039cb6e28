import { PUBLIC_WEB, type WebAccess } from '../web/web-access.ts';

const MIB = 1024 * 1024;

/** The addresses, ports and limits of tenants' MCP servers. No environment variable changes them. */
const MCP_WEB: WebAccess = {
  ...PUBLIC_WEB,
  isAllowedPort: (port) => port === 443,
  limits: {
    redirects: 3,
    headBytes: 32 * 1024,
    wireBytes: 2 * MIB,
    bodyBytes: 2 * MIB,
    // A server may send the head when the tool has ended.
    headMs: 30_000,
    totalMs: 30_000,
  },
};

let access = MCP_WEB;

export function mcpAccess(): WebAccess {
  return access;
}

/** Replaces the network of MCP servers. For tests, whose only network is the loopback interface. */
export function useMcpAccess(other: WebAccess | undefined): void {
  access = other ?? MCP_WEB;
}
