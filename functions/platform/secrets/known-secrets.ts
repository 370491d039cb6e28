import { environment } from '../environment.ts';

/** Shorter ones would be found in every second text, and are no secrets. */
const SHORTEST = 8;

/** The names by which the environment calls what nobody may see. */
const SECRET_NAME = /KEY|SECRET|PASSWORD|TOKEN/;

let known: readonly string[] | undefined;

/** The secrets that this process has: for those who write out text that somebody else made. */
export function knownSecrets(): readonly string[] {
  known ??= secretsOf(environment);
  return known;
}

/** The values under such names, and the passwords of such URLs. */
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
    .filter((secret) => secret.length >= SHORTEST);
}
