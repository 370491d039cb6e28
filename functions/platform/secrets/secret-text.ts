import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A secret in memory. Templates, JSON, logs and inspect show a placeholder; only `reveal()` returns the text. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Removes the secret from the output of another program or server, in plain text, base64 and URL encoding. */
  redactFrom(text: string): string {
    const base64 = Buffer.from(this.#text)
      .toString('base64')
      .replace(/(?<!=)=+$/, '');
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
