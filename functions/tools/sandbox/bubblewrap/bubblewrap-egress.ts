import { chown } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryFolder } from '../../../platform/process/temporary-folder.ts';
import type { EgressReport, EgressSettings } from '../../network/egress.ts';
import { openEgressProxy } from '../../network/egress-proxy.ts';
import type { SandboxRequest } from '../sandbox.ts';
import type { BubblewrapSettings } from './bubblewrap.ts';

/** The way out of one command: its own proxy, on a socket in a folder of its own that nobody else on this machine may enter. */
export interface BubblewrapEgress extends AsyncDisposable {
  socket: string | undefined;
  report(): EgressReport | undefined;
}

const CLOSED: BubblewrapEgress = {
  socket: undefined,
  report: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

export async function openBubblewrapEgress(
  network: SandboxRequest['network'],
  identity: BubblewrapSettings['identity'],
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
