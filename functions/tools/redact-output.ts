import { redact } from '../platform/log.ts';
import { knownSecrets } from '../platform/secrets/known-secrets.ts';

/**
 * Masks secrets in what code printed, before a model, a person or a log reads it: those of this process, and what looks like a key, each plain and as people hide
 * them (base64, hexadecimal, percent signs, backwards).
 *
 * It is the last line. No secret of ours is where code runs, and code that wants to hide one from this can: it may print it letter by letter.
 */
export function redactOutput(text: string, secrets: readonly string[] = knownSecrets()): string {
  const plain = secrets.flatMap(formsOf).reduce((masked, form) => masked.replaceAll(form, MASK), text);
  return redactDecoded(reverse(redactKeys(reverse(redactKeys(plain)))), secrets);
}

const MASK = '[redacted]';

/** What a developer's own tools would print and providers give out; each begins in a way that nothing else does. */
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

function redactKeys(text: string): string {
  return KEYS.reduce((masked, key) => masked.replace(key, '$1…'), redact(text));
}

const reverse = (text: string): string => [...text].reverse().join('');

/** The ways to write one secret that can be found as they stand. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hexadecimal = bytes.toString('hex');
  const plain = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  const encoded = [hexadecimal, hexadecimal.toUpperCase(), ...base64FormsOf(bytes)];
  return [...new Set([...plain, ...encoded].flatMap((form) => [form, reverse(form)]))];
}

/** In base64 three bytes become four letters, so a secret inside a text has three spellings; the letters at its ends belong to its neighbours too. */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const own = text.slice(
      offset === 0 ? 0 : offset + 1,
      bytes.length + offset === Math.floor(text.length / 4) * 3 ? undefined : -1,
    );
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Words that may be an encoding of something, long enough for a key. */
const ENCODED = /[A-Za-z0-9+/_-]{20,}={0,2}|(?:%[0-9A-Fa-f]{2}|[\w.~-]){20,}/g;

/** Masks a word whole when what it decodes to holds a key. */
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
  return redactKeys(decoded) !== decoded || redactKeys(reverse(decoded)) !== reverse(decoded);
}

/** As what is decoded: a character for each byte. */
const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
