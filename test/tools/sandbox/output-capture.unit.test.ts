import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../../functions/platform/escape-controls.ts';
import { OutputCapture } from '../../../functions/tools/sandbox/output-capture.ts';

const capture = (kept: number, chunks: Uint8Array[]) => {
  const output = new OutputCapture(kept);
  for (const chunk of chunks) output.write(Buffer.from(chunk));
  return output.render();
};

describe('output', () => {
  it('is unchanged below the limit, for any split into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const bytes = Buffer.from(text);
        fc.pre(bytes.length <= 1_000);
        const chunks = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, index) =>
          bytes.subarray(index * 3, index * 3 + 3),
        );
        expect(capture(1_000 * 6, chunks)).toEqual({ text: escapeControls(text), truncated: false });
      }),
    );
  });

  it('keeps exactly the head and the tail above the limit, for any split into chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 5, maxLength: 40 }), (sizes) => {
        const all = Buffer.from(
          Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, (_, index) => 97 + (index % 26)),
        );
        const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
        const chunks = sizes.map((size, index) => all.subarray(starts[index], (starts[index] ?? 0) + size));
        const { text, truncated } = capture(100, chunks);
        expect(truncated).toBe(all.length > 100);
        expect(text.startsWith(all.toString().slice(0, 50).slice(0, all.length))).toBe(true);
        expect(text.endsWith(all.toString().slice(-50))).toBe(true);
        if (truncated) expect(text).toContain(`at least ${all.length - 100} bytes`);
      }),
    );
  });

  it('shows no half character at the cut', () => {
    const { text } = capture(10, [Buffer.from('€'.repeat(20))]);
    expect(text).not.toContain('\ufffd');
    expect(text).toMatch(/^€\n.*\n€$/);
  });

  it('stays within the limit when every byte is escaped', () => {
    const { text, truncated } = capture(1_000, [Buffer.alloc(900)]);
    expect(truncated).toBe(true);
    expect(text.length).toBeLessThan(1_200);
  });

  it('escapes C1 control characters and characters that change the direction of text', () => {
    expect(escapeControls('a\u009b31m\u202eb\n\t\u2028')).toBe('a\\x9b31m\\u202eb\n\t\\u2028');
  });
});
