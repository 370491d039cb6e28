import { environment } from '../environment.ts';
import { isRandomText } from './random-text.ts';

/** Shorter values occur in ordinary text by chance and are not secrets. */
const SHORTEST = 8;

/** Names of environment variables that hold secrets. */
const SECRET_NAME = /KEY|SECRET|PASSWORD|TOKEN/;

let known: readonly string[] | undefined;

/** Returns the secrets in this process's environment, for code that redacts output of other programs. */
export function knownSecrets(): readonly string[] {
  known ??= secretsOf(environment);
  return known;
}

/**
 * Returns the values of variables with secret names, and the passwords in URLs. Values that can be words are left out
 * (`isRandomText`), because masking them would change ordinary text. The longest are first: a secret may contain
 * another, and masking the shorter one first would leave the rest of the longer one.
 */
export function secretsOf(variables: object): string[] {
  return Object.entries(variables)
    .flatMap(([name, value]: [string, unknown]) => {
      if (typeof value !== 'string') return [];
      const password = URL.parse(value)?.password;
      return [
        ...(SECRET_NAME.test(name) ? [value] : []),
        ...(password ? [decodeURIComponent(password), password] : []),
      ];
    })
    .filter((secret) => secret.length >= SHORTEST && isRandomText(secret))
    .sort((one, other) => other.length - one.length);
}
