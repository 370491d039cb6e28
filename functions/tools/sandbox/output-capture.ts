import { cutEnd, cutText } from '../../platform/cut-text.ts';
import { escapeControls } from '../../platform/escape-controls.ts';

/**
 * Keeps the head and the tail of one output stream in bounded memory and renders them as plain text. Readers need the
 * first error and the last line.
 */
export class OutputCapture {
  readonly #half: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #total = 0;

  /** @param keptBytes the most bytes that are kept, and the most characters of the rendered text without its marker. */
  constructor(keptBytes: number) {
    this.#half = Math.floor(keptBytes / 2);
  }

  get totalBytes(): number {
    return this.#total;
  }

  write(chunk: Buffer): void {
    this.#total += chunk.length;
    const forHead = Math.min(this.#half - this.#headBytes, chunk.length);
    // Copies, because a slice would keep the stream's whole 64 KiB buffer alive.
    if (forHead > 0) this.#head.push(Buffer.from(chunk.subarray(0, forHead)));
    this.#headBytes += forHead;
    if (forHead < chunk.length) this.#writeTail(chunk.subarray(forHead));
  }

  #writeTail(chunk: Buffer): void {
    this.#tail.push(Buffer.from(chunk.subarray(-this.#half)));
    this.#tailBytes += Math.min(chunk.length, this.#half);
    // Compacts at twice the size, so that each byte is copied a constant number of times.
    if (this.#tailBytes > this.#half * 2) this.#compactTail();
  }

  #compactTail(): Buffer {
    const tail = Buffer.concat(this.#tail).subarray(-this.#half);
    this.#tail = [tail];
    this.#tailBytes = tail.length;
    return tail;
  }

  render(): { text: string; truncated: boolean } {
    const tail = this.#compactTail();
    const lost = this.#total - this.#headBytes - tail.length;
    if (lost === 0) {
      const text = escapeControls(Buffer.concat([...this.#head, tail]).toString('utf8'));
      if (text.length <= this.#half * 2) return { text, truncated: false };
      // An escape is up to six times as long as its character, so the text may exceed the limit when the bytes do
      // not.
      return { text: joinCut(text, text, this.#half, text.length - this.#half * 2, 'characters'), truncated: true };
    }
    const head = escapeControls(cutCharacterEnd(Buffer.concat(this.#head)).toString('utf8'));
    const end = escapeControls(cutCharacterStart(tail).toString('utf8'));
    return { text: joinCut(head, end, this.#half, lost, 'bytes'), truncated: true };
  }
}

function joinCut(head: string, tail: string, half: number, lost: number, unit: string): string {
  return `${cutText(head, half)}\n[... output truncated: at least ${lost} ${unit} in the middle are not shown ...]\n${cutEnd(tail, half)}`;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Drops the continuation bytes of a character whose start was cut off. */
function cutCharacterStart(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

/** Drops a character whose end was cut off. */
function cutCharacterEnd(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length && start >= 0 ? bytes.subarray(0, start) : bytes;
}
