import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressPolicy } from '../../../functions/platform/http/public-address.ts';

/** Web servers on the loopback interface: ports 443 and 80 of every name, with a certificate for *.example.org. */
export interface Web {
  certificate: string;
  /** The targets of the connections that the proxy opened. */
  dialled: string[];
  dial(address: string, port: number): Socket;
  close(): void;
}

/** Resolves every name to this machine and allows its address. */
export const LOOPBACK: AddressPolicy = {
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  isAllowed: () => true,
};

export async function openWeb(listener: RequestListener): Promise<Web> {
  const { key, certificate } = makeCertificate();
  const secure = createSecure({ key, cert: certificate }, listener).listen(0, '127.0.0.1');
  const plain = createPlain(listener).listen(0, '127.0.0.1');
  await Promise.all([secure, plain].map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports: Record<number, number> = {
    443: (secure.address() as AddressInfo).port,
    80: (plain.address() as AddressInfo).port,
  };
  const dialled: string[] = [];
  return {
    certificate,
    dialled,
    dial: (address, port) => {
      dialled.push(`${address}:${port}`);
      return connect({ host: address, port: ports[port] ?? 1 });
    },
    close: () => {
      for (const server of [secure, plain]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function makeCertificate(): { key: string; certificate: string } {
  const folder = mkdtempSync(join(tmpdir(), 'web-test-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const names = 'subjectAltName=DNS:*.example.org';
  const parts = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...parts, '-subj', '/CN=test', '-addext', names, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  });
  const made = { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}
