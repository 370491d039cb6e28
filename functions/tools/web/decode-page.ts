import type { FetchedPage } from './fetch-page.ts';

/** The first bytes of a page, where it may declare its encoding. Browsers read no more for this either. */
const PRESCAN_BYTES = 1024;

/**
 * Decodes a page. The encoding comes from the byte order mark, else from the header, else from the page's own
 * declaration, else it is UTF-8. Invalid bytes become U+FFFD, so this never fails.
 */
export function decodePage({ bytes, charset, type }: FetchedPage): string {
  const label = markOf(bytes) ?? charset ?? (/html|xml/.test(type) ? declaredIn(bytes) : undefined) ?? 'utf-8';
  return decode(bytes, label);
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

function declaredIn(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, PRESCAN_BYTES).toString('latin1');
  const label =
    /<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(head) ??
    /^<\?xml[^>]{0,100}?encoding=["']([\w.:-]{1,40})/i.exec(head);
  return label?.[1];
}

function decode(bytes: Buffer, label: string): string {
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    // The label names no known encoding.
    return new TextDecoder('utf-8').decode(bytes);
  }
}
