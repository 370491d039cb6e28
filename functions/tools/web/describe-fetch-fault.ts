import { HeadTimeout } from './open-exchange.ts';

/** Why a page could not be had, in words that complete a sentence after the URL. The error's own text stays out: it may name an address or quote the page. */
export function describeFetchFault(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'took too long and was cut off';
  if (error instanceof HeadTimeout) return 'did not answer in time';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'HPE_HEADER_OVERFLOW') return 'answered with headers that are too large';
  if (code.startsWith('HPE_')) return 'answered something that is not HTTP';
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_')) return 'sent a body that cannot be unpacked';
  if (/CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO_VERIFY/.test(code))
    return 'has no valid certificate for its name, or does not speak TLS';
  if (code === 'ECONNREFUSED') return 'does not accept connections';
  return 'broke the connection';
}
