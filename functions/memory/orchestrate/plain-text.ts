/** Markdown's images and links, inline and by reference. The parts do not overlap, so that no text makes matching slow. */
const LINK = /!?\[([^\]\n]{0,300})\]\(\s{0,5}<?([^)\s>]{1,500})>?(?:\s[^)\n]{0,300})?\)/g;
const DEFINITION = /^ {0,3}\[([^\]\n]{1,200})\]:\s{0,5}<?([^\s>]{1,500})>?/gm;
/** Tags that load, run or lead somewhere, and addresses in angle brackets. */
const ACTIVE =
  /<(?=\s{0,5}\/?\s{0,5}(?:(?:a|img|image|picture|source|script|iframe|frame|object|embed|svg|math|link|style|video|audio|form|input|button|base|meta|portal)(?:[\s>/]|$)|[a-z][a-z0-9+.-]{1,30}:))/gi;
const ADDRESS = /(?:https?:\/\/|ftp:\/\/|file:\/\/|data:[a-z]{2,20}\/|javascript:|vbscript:)[^\s<>‹"'`)\]}]+/gi;

const REMOVED = '[link removed]';

/**
 * What a model says as text that loads nothing, whatever shows it: no image, no link behind words, no tag. An address that was not among what was read or
 * asked was made by the model, perhaps to carry something out, and is removed.
 */
export function plainText(text: string, isKnown: (address: string) => boolean): { text: string; hasRemoved: boolean } {
  let hasRemoved = false;
  const flat = text
    .replace(LINK, (_, words: string, address: string) => (words === '' ? address : `${words} (${address})`))
    .replace(DEFINITION, '$1: $2')
    .replaceAll('](', '] (')
    .replace(ACTIVE, '‹');
  const clean = flat.replace(ADDRESS, (found) => {
    const address = found.replace(/[.,;:!?]+$/, '');
    if (/^https?:/i.test(address) && isKnown(address)) return found;
    hasRemoved = true;
    return REMOVED + found.slice(address.length);
  });
  return { text: clean, hasRemoved };
}
