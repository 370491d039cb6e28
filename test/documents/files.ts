import { Buffer } from 'node:buffer';

/** Small files of every accepted type, and hostile ones, made of bytes. */

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
const u16le = (value: number) => u16(value).reverse();
const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** A PNG with its header and end, without pixels. */
export function png(width = 2, height = 1): Buffer {
  const header = Buffer.concat([
    u32(13),
    latin1('IHDR'),
    u32(width),
    u32(height),
    Buffer.from([8, 6, 0, 0, 0]),
    u32(0),
  ]);
  return Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), header, u32(0), latin1('IEND'), u32(0xae426082)]);
}

export function gif(width = 2, height = 1): Buffer {
  return Buffer.concat([latin1('GIF89a'), u16le(width), u16le(height), Buffer.from([0, 0, 0, 0x3b])]);
}

/** A JPEG with a comment of another segment before its frame. */
export function jpeg(width = 2, height = 1): Buffer {
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe]), u16(6), latin1('note')]);
  const frame = Buffer.concat([
    Buffer.from([0xff, 0xc2]),
    u16(8),
    Buffer.from([8]),
    u16(height),
    u16(width),
    Buffer.from([0]),
  ]);
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xff]), comment.subarray(1), frame, Buffer.from([0xff, 0xd9])]);
}

/** A WebP of each of its three kinds. */
export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width = 2, height = 1): Buffer {
  const [w, h] = [width - 1, height - 1];
  const data = {
    'VP8 ': Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a]), u16le(width), u16le(height)]),
    VP8L: Buffer.concat([Buffer.from([0x2f]), u32(((h << 14) | w) >>> 0).reverse()]),
    VP8X: Buffer.concat([Buffer.alloc(4), u32(w).reverse().subarray(0, 3), u32(h).reverse().subarray(0, 3)]),
  }[kind];
  const chunk = Buffer.concat([latin1(kind), u32(data.length).reverse(), data]);
  return Buffer.concat([latin1('RIFF'), u32(4 + chunk.length).reverse(), latin1('WEBP'), chunk]);
}

/** The end record of an empty ZIP, with a comment. Behind any file it makes the file a ZIP, too. */
export function zipEnd(comment = ''): Buffer {
  return Buffer.concat([latin1('PK\x05\x06'), Buffer.alloc(16), u16le(comment.length), latin1(comment)]);
}

/** A PDF of these objects, numbered from 1, with its table. The first is the catalog. */
export function pdfOf(objects: readonly string[], trailer = ''): Buffer {
  let text = '%PDF-1.7\n';
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`;
  return latin1(text);
}

export const stream = (content: string, entries = '') =>
  `<< /Length ${content.length} ${entries} >>\nstream\n${content}\nendstream`;

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** A PDF with a page for each text. */
export function pdf(...pages: string[]): Buffer {
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(' ');
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    FONT,
    ...pages.flatMap((text, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents ${5 + 2 * index} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      stream(`BT /F1 12 Tf 10 100 Td (${text}) Tj ET`),
    ]),
  ]);
}

/** A PDF that opens only with a password: its user key matches none. */
export function encryptedPdf(): Buffer {
  const key = 'ab'.repeat(32);
  const encrypt = `/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <${key}> /U <${key}> >> /ID [<00> <00>]`;
  return pdfOf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 0 >>'], encrypt);
}
