import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runPdfProcess } from '../../../functions/documents/content/run-pdf-process.ts';
import { PDF_LIMITS, type PdfLimits } from '../../../functions/documents/upload-limits.ts';
import { encryptedPdf, pdf, pdfOf, stream } from '../files.ts';

const forever = new AbortController().signal;
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
const read = (bytes: Buffer, limits: Partial<PdfLimits> = {}, signal = forever) =>
  runPdfProcess(inPieces(bytes), signal, { ...PDF_LIMITS, ...limits });

const PAGES = '<< /Type /Pages /Kids [4 0 R] /Count 1 >>';
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const PAGE =
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>';
const WORD = 'BT /F1 12 Tf 9 9 Td (word) Tj ET';

/** Each program is a process. They are concurrent, because they wait for processes to start. */
describe.concurrent('the text of a PDF', () => {
  test('has its pages in order', async () => {
    expect(await read(pdf('First page', 'Second page'))).toEqual({
      status: 'read',
      text: 'First page\n\nSecond page',
      pages: 2,
      note: null,
    });
  });

  test('ends with the last page that is read, and a note says so', async () => {
    const cut = await read(pdf('one', 'two', 'three'), { pages: 2 });
    expect(cut).toMatchObject({ text: 'one\n\ntwo', pages: 3, note: 'Only the first 2 of 3 pages were read.' });
    const short = await read(pdf('a long sentence'), { characters: 6 });
    expect(short).toMatchObject({ text: 'a long', note: 'Only the first 6 characters were kept.' });
  });

  test('is empty for a PDF without text, and a note says so', async () => {
    expect(await read(pdf(''))).toMatchObject({ status: 'read', text: '', note: expect.stringContaining('no text') });
  });

  test('does not depend on the scripts, links and files that it names', async () => {
    const actions =
      '/OpenAction << /S /JavaScript /JS (for(;;);) >> /AA << /O << /S /URI /URI (http://127.0.0.1:9/) >> >>';
    const scripted = pdfOf([`<< /Type /Catalog /Pages 2 0 R ${actions} >>`, PAGES, FONT, PAGE, stream(WORD)]);
    expect(await read(scripted)).toMatchObject({ status: 'read', text: 'word' });
  });
});

describe.concurrent('fails with a reason for', () => {
  test.each([
    ['an encrypted PDF', encryptedPdf(), 'is encrypted'],
    ['bytes behind a header', Buffer.from(`%PDF-1.7\n${'x'.repeat(5_000)}`), 'is damaged'],
    ['a header alone', Buffer.from('%PDF-'), 'is damaged'],
    [
      'pages that contain themselves',
      pdfOf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 5 >>']),
      'cannot be read',
    ],
  ])('%s', async (_what, bytes, reason) => {
    expect(await read(bytes)).toEqual({ status: 'failed', error: expect.stringContaining(reason) });
  });

  test('a million pages', async () => {
    const kids = '4 0 R '.repeat(1_000_000);
    const many = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${kids}] /Count 1000000 >>`,
      FONT,
      PAGE,
      stream(WORD),
    ]);
    expect(await read(many, { seconds: 1 })).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('1 second'),
    });
  });

  test('a page of 600 KB that unpacks to 200 MB', async () => {
    const page = `BT /F1 12 Tf ${`(${'x'.repeat(40)}) Tj 0 -1 Td `.repeat(4_000_000)} ET`;
    const packed = deflateSync(page).toString('latin1');
    const bomb = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      PAGES,
      FONT,
      PAGE,
      stream(packed, '/Filter /FlateDecode'),
    ]);
    expect(await read(bomb, { seconds: 2 })).toMatchObject({ status: 'failed' });
  });

  test('a caller who has gone', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    expect(await read(pdf('x'), {}, gone)).toMatchObject({ status: 'failed' });
  });
});

test('fails with the failure of a body that broke off', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('%PDF-1.7');
    throw new Error('the caller disconnected');
  }
  await expect(runPdfProcess(broken(), forever)).rejects.toThrow('the caller disconnected');
});
