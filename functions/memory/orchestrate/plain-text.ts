/**
 * Makes an answer of a model safe to show. A poisoned memory can ask the model to write an image or a link whose
 * address carries private text to a foreign server; so the answer keeps no link, no image and no active tag, and only
 * addresses that the user or a shown source wrote.
 */

/**
 * Markdown links and images, inline. The parts of the pattern cannot match the same characters, so it runs in linear
 * time.
 */
const LINK = /!?\[([^[\]\n]{0,300})\]\(\s{0,5}<?([^)\s<>[]{1,500})>?(?:\s[^)\n[]{0,300})?\)/g;
/** The address of a markdown link by reference. */
const DEFINITION = /^ {0,3}\[([^\]\n]{1,200})\]:\s{0,5}<?([^\s>]{1,500})>?/gm;
/** Tags that load or run something, and addresses in angle brackets. */
const ACTIVE =
  /<(?=\s{0,5}\/?\s{0,5}(?:(?:a|img|image|picture|source|script|iframe|frame|object|embed|svg|math|link|style|video|audio|form|input|button|base|meta|portal)(?:[\s>/]|$)|[a-z][a-z0-9+.-]{1,30}:))/gi;
const ADDRESS = /(?:https?:\/\/|ftp:\/\/|file:\/\/|data:[a-z]{2,20}\/|javascript:|vbscript:)[^\s<>‹"'`)\]}]+/gi;

const REMOVED = '[link removed]';

/**
 * Flattens links and images to text, breaks active tags, and removes each address for which `isKnown` returns false.
 */
export function plainText(text: string, isKnown: (address: string) => boolean): { text: string; hasRemoved: boolean } {
  let hasRemoved = false;
  const flat = text
    .replace(LINK, (_, words: string, address: string) => (words === '' ? address : `${words} (${address})`))
    .replace(DEFINITION, '$1: $2')
    .replaceAll('](', '] (')
    .replace(ACTIVE, '‹');
  const clean = flat.replace(ADDRESS, (found) => {
    const address = found.replace(/(?<![.,;:!?])[.,;:!?]+$/, '');
    if (/^https?:/i.test(address) && isKnown(address)) return found;
    hasRemoved = true;
    return REMOVED + found.slice(address.length);
  });
  return { text: clean, hasRemoved };
}
