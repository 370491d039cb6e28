import { PASSWORD_IN_URL, redactKeys as redactProviderKeys } from '../platform/log.ts';
import { knownSecrets } from '../platform/secrets/known-secrets.ts';
import { isRandomText } from '../platform/secrets/random-text.ts';

/**
 * Masks secrets in the output of code before a model, a user or a log reads it: the secrets of this process and
 * everything that looks like a key. Both are found in plain text and encoded (base64, hexadecimal, percent-encoding,
 * reversed).
 *
 * This is the last line of defence. None of our secrets is present where code runs, and code can evade the mask, for
 * example by printing a key letter by letter.
 */
export function redactOutput(text: string, secrets: readonly string[] = knownSecrets()): string {
  const plain = secrets.flatMap(formsOf).reduce((masked, form) => masked.replaceAll(form, MASK), text);
  return redactDecoded(backwards(redactKeys(backwards(redactKeys(plain)))), secrets);
}

const MASK = '[redacted]';

/** Formats of keys that developers' tools print and providers issue. Each has a prefix that no other text has. */
const KEYS: readonly RegExp[] = [
  /\b(gh[pousr]_[0-9A-Za-z]{4})[0-9A-Za-z]{20,255}/g,
  /\b(github_pat_[0-9A-Za-z]{4})\w{20,255}/g,
  /\b(glpat-[\w-]{2})[\w-]{16,255}/g,
  /\b(npm_[0-9A-Za-z]{4})[0-9A-Za-z]{28,60}/g,
  /\b(xox[abposr]-[0-9A-Za-z]{2})[\w-]{10,255}/g,
  /\b((?:AKIA|ASIA)[0-9A-Z]{4})[0-9A-Z]{12}\b/g,
  /\b(ya29\.[\w-]{4})[\w.-]{20,2000}/g,
  /\b(hf_[0-9A-Za-z]{4})[0-9A-Za-z]{26,60}/g,
  /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{20,20000}/g,
];

/** A password in a URL that can be a word stays: `postgres://apexflow:apexflow@` is a documented default. */
function redactKeys(text: string): string {
  const withoutPasswords = text.replace(PASSWORD_IN_URL, (match, start: string, password: string) =>
    isRandomText(password) ? `${start}…@` : match,
  );
  return KEYS.reduce((masked, key) => masked.replace(key, '$1…'), redactProviderKeys(withoutPasswords));
}

const reverse = (secret: string): string => [...secret].reverse().join('');

/**
 * Returns a text of any length backwards, by UTF-16 code units: an array of its characters would take many times its
 * memory. Done twice it is the text again, and keys have no character of two units.
 */
function backwards(text: string): string {
  const bytes = Buffer.alloc(2 * text.length);
  bytes.write(text, 'utf16le');
  bytes.swap16().reverse();
  return bytes.toString('utf16le');
}

/** Returns the spellings of a secret that can be found by a plain text search. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hexadecimal = bytes.toString('hex');
  const plain = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  const encoded = [hexadecimal, hexadecimal.toUpperCase(), ...base64FormsOf(bytes)];
  return [...new Set([...plain, ...encoded].flatMap((form) => [form, reverse(form)]))];
}

/**
 * In base64 three bytes become four letters, so a secret inside a longer text has three spellings. The letters at its
 * ends also encode bits of its neighbours and are left out.
 */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/(?<!=)=+$/, '');
    const own = text.slice(
      offset === 0 ? 0 : offset + 1,
      bytes.length + offset === Math.floor(text.length / 4) * 3 ? undefined : -1,
    );
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Words that may be encoded text and are long enough for a key. */
const ENCODED = /[A-Za-z0-9+/_-]{20,}={0,2}|(?:%[0-9A-Fa-f]{2}|[\w.~-]){20,}/g;

/** Masks a whole word when its decoded text contains a key. */
function redactDecoded(text: string, secrets: readonly string[]): string {
  return text.replace(ENCODED, (word) =>
    decodingsOf(word).some((decoded) => holdsSecret(decoded, secrets)) ? MASK : word,
  );
}

function decodingsOf(word: string): string[] {
  const decoded = [Buffer.from(word, 'base64').toString('latin1'), decodePercent(word)];
  if (/^[0-9a-f]+$/i.test(word) && word.length % 2 === 0) decoded.push(Buffer.from(word, 'hex').toString('latin1'));
  return decoded.filter((candidate) => candidate !== word);
}

function decodePercent(word: string): string {
  return word.replace(/%([0-9A-Fa-f]{2})/g, (_match, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function holdsSecret(decoded: string, secrets: readonly string[]): boolean {
  if (secrets.some((secret) => decoded.includes(bytesOf(secret)) || decoded.includes(bytesOf(reverse(secret)))))
    return true;
  const turned = backwards(decoded);
  return redactKeys(decoded) !== decoded || redactKeys(turned) !== turned;
}

/** Converts text to one character for each byte, as the decodings have it. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
