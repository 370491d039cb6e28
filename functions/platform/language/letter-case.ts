import { isKnownName } from './known-words.ts';
import type { Word } from './read-statement.ts';

/** What a sentence speaks of whose letter case counts. */
const CASE_SENSITIVE =
  /^(username|user|login|handle|nickname|nick|account|alias|tag|hashtag|id|identifier|key|token|secret|password|passphrase|passcode|code|pin|path|folder|directory|file|filename|variable|constant|branch|channel|bucket|ssid|wifi|wi-fi|network|command|license|licence|serial|class|function|method|table|column|topic|queue|image|namespace|slug|label|cluster|container|package|module|parameter|field|header|flag|option|schema|hash|uuid|gamertag|spelling|spelled|spelt)$/;

/** "My name is john" gains a capital letter; a name in lower case afterwards is only written carelessly. */
const NAMED = /^(name|called|named)$/;

/**
 * Returns whether the same words correct the letter case of a value that is case-sensitive: a user name, an id, a path,
 * a key, the part of an e-mail address before the @. "oslo" for "Oslo" and a sentence in capitals correct nothing.
 */
export function isCaseCorrected(fresh: readonly Word[], known: readonly Word[]): boolean {
  const isShouted = (words: readonly Word[]) => words.length > 2 && words.every(({ text }) => !/\p{Ll}/u.test(text));
  if (isShouted(fresh) || isShouted(known)) return false;
  const isSensitive = fresh.some(({ plain }) => plain.split(/['’]/).some((part) => CASE_SENSITIVE.test(part)));
  const verb = fresh.findIndex(({ plain }) => plain === 'is');
  const isNamed = fresh.some(({ plain }) => NAMED.test(plain));
  return fresh.some((word, at) => {
    const before = known[at];
    if (before === undefined || canonical(word.text) === canonical(before.text)) return false;
    // "github" and "GitHub" are both written.
    if (isKnownName(word.plain)) return false;
    if (at === 0 && !isCode(word.text) && !isCode(before.text)) return false;
    if (isNamed && !isSensitive && capitals(word.text) > capitals(before.text)) return true;
    // A word of the attribute itself, "my Username is …", is no value.
    const isValue = verb < 0 ? at > 1 && !CASE_SENSITIVE.test(word.plain) : at > verb;
    return isCode(word.text) || isCode(before.text) || (isSensitive && isValue);
  });
}

const capitals = (text: string) => text.replaceAll(/\P{Lu}/gu, '').length;

/** Returns whether a word is written like an identifier: "jSmith", "a_b", "/var/Log", "x9", "Bob@corp.example". */
function isCode(text: string): boolean {
  return /\p{L}\p{N}|\p{N}\p{L}|[_/@\\~#=]|\p{L}[.:]\p{L}|\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}/u.test(text);
}

/** Lowers the letters whose case does not count: the domain of an e-mail address, the scheme and host of a URL. */
function canonical(text: string): string {
  const url = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)(.*)$/is.exec(text);
  if (url !== null) return `${url[1]?.toLowerCase()}${url[2]}`;
  const email = /^([^@\s]+)@([^@/][^@/.]*\.[^@/]+)$/.exec(text);
  if (email !== null) return `${email[1]}@${email[2]?.toLowerCase()}`;
  return /^www\./i.test(text) ? text.toLowerCase() : text;
}
