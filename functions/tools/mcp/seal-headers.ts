import { Problem } from '../../platform/errors.ts';
import { type Envelope, seal } from '../../platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { headersPlace } from './mcp-server.ts';

/** Encrypts the headers of a server for one version of its row. @throws Problem 502 without the key service */
export async function sealHeaders(
  headers: Record<string, string>,
  { tenantId, id, version }: { tenantId: string; id: string; version: number },
): Promise<Envelope> {
  try {
    return await seal(JSON.stringify(headers), headersPlace(tenantId, id, version));
  } catch (error) {
    if (!(error instanceof KeyServiceUnavailable)) throw error;
    const detail = 'The key service does not answer, so nothing was stored. Try again later.';
    throw new Problem('upstream-failed', detail, { cause: error });
  }
}
