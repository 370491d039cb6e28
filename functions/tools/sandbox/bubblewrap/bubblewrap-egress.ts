import { chown } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../../platform/process/temporary-folder.ts';
import type { EgressReport, EgressSettings } from '../../network/egress.ts';
import { openEgressProxy } from '../../network/egress-proxy.ts';
import type { SandboxRequest } from '../sandbox.ts';

export interface UnixIdentity {
  uid: number;
  gid: number;
}

/**
 * The network of one command: its own proxy, on a socket in its own folder that no other user of this machine may
 * enter.
 */
export interface BubblewrapEgress extends AsyncDisposable {
  socket: string | undefined;
  report(): EgressReport | undefined;
}

const CLOSED: BubblewrapEgress = {
  socket: undefined,
  report: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

/** Opens the proxy of a command, or none when its network is closed. */
export async function openBubblewrapEgress(
  network: SandboxRequest['network'],
  identity: UnixIdentity | undefined,
  settings: Omit<EgressSettings, 'allowedHosts'>,
): Promise<BubblewrapEgress> {
  if (network === 'none') return CLOSED;
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await makeTemporaryFolder(tmpdir()));
  const socket = join(folder.path, 'egress.sock');
  const proxy = opened.use(await openEgressProxy(socket, { ...settings, allowedHosts: network.allowed_hosts }));
  if (identity !== undefined) for (const path of [folder.path, socket]) await chown(path, identity.uid, identity.gid);
  const kept = opened.move();
  return {
    socket,
    report: () => proxy.report(),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/**
 * The sandbox's end of the proxy. A sandbox has its own network with nothing but its loopback interface, and programs
 * expect a proxy at a host and a port. So a small server inside forwards every connection to the Unix socket that is
 * bound into the sandbox.
 */
export const EGRESS_SOCKET = '/run/egress.sock';
const PORT = 3128;
export const PROXY_URL = `http://127.0.0.1:${PORT}`;

/**
 * Returns a program for `node -e`; a module is impossible, because none of our files is inside. It writes `ready` to
 * the descriptor when programs can connect. A command may kill it, which closes only the command's own network.
 */
export function forwarderProgram(readyDescriptor: number): string {
  return `
    const { closeSync, writeSync } = require('node:fs');
    const { connect, createServer } = require('node:net');
    const tie = (one, other) => one.on('error', () => other.destroy()).on('close', () => other.destroy()).pipe(other);
    const server = createServer({ allowHalfOpen: true }, (inner) => {
      const outer = connect({ path: '${EGRESS_SOCKET}', allowHalfOpen: true });
      tie(inner, outer);
      tie(outer, inner);
    });
    server.listen(${PORT}, '127.0.0.1', () => {
      writeSync(${readyDescriptor}, 'ready\\n');
      closeSync(${readyDescriptor});
    });`;
}
