/**
 * Splits standard error into the markers of the launcher's first shell and the output of the command: `<secret>
 * started` comes before the output and `<secret> <exit code>` after it. Text before and after the markers is the
 * launcher's own.
 */
export class MarkedStream {
  readonly #secret: string;
  readonly #write: (chunk: Buffer) => void;
  #held: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(secret: string, write: (chunk: Buffer) => void) {
    this.#secret = secret;
    this.#write = write;
  }

  get hasStarted(): boolean {
    return this.#started;
  }

  push(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    if (!this.#started) this.#findStart();
    const ready = this.#held.length - HELD_BYTES;
    if (ready <= 0) return;
    // Text before the start is the launcher's own. Only its last bytes are kept, for an error message.
    if (this.#started) this.#write(this.#held.subarray(0, ready));
    this.#held = Buffer.from(this.#held.subarray(ready));
  }

  #findStart(): void {
    const marker = `${this.#secret} started\n`;
    const start = this.#held.indexOf(marker);
    if (start < 0) return;
    this.#started = true;
    this.#held = this.#held.subarray(start + marker.length);
  }

  /**
   * Returns the exit code, or undefined when the shell was killed before it could report one. `launcherSaid` is the
   * launcher's own text when nothing started.
   */
  end(): { exitCode: number | undefined; launcherSaid: string } {
    if (!this.#started) return { exitCode: undefined, launcherSaid: this.#held.toString('utf8').trim() };
    const start = this.#held.lastIndexOf(`\n${this.#secret} `);
    const code = start < 0 ? undefined : /^\n\S+ (\d{1,3})\n/.exec(this.#held.subarray(start).toString('latin1'))?.[1];
    this.#write(code === undefined ? this.#held : this.#held.subarray(0, start));
    return { exitCode: code === undefined ? undefined : Number(code), launcherSaid: '' };
  }
}

/** Enough for both markers and for some lines of the launcher after the last one. */
const HELD_BYTES = 4096;
