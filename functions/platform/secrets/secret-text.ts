import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A secret in memory. It shows itself nowhere (templates, JSON, logs, inspect); whoever needs it says `reveal()`. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** The text without the secret, plain or as base64 and URL encoding have it: what another program or server said may repeat it. */
  redactFrom(text: string): string {
    const base64 = Buffer.from(this.#text).toString('base64').replace(/=+$/, '');
    return [this.#text, base64, encodeURIComponent(this.#text)]
      .filter((form) => form.length >= 6)
      .reduce((redacted, form) => redacted.replaceAll(form, HIDDEN), text);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
