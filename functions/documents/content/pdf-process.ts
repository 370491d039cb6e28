import { buffer } from 'node:stream/consumers';
import { dropRights } from '../../platform/process/drop-rights.ts';
import type { PdfLimits } from '../upload-limits.ts';
import type { PdfText } from './pdf-text.ts';

/**
 * The process that reads one PDF from its standard input. It can be killed, and a PDF that breaks the parser affects
 * nothing else. Its only message to the parent is the text or why there is none. The parser runs no JavaScript of the
 * PDF and loads nothing that the PDF names.
 */

process.once('message', (limits: PdfLimits) => void answer(limits));

async function answer(limits: PdfLimits): Promise<void> {
  const [{ getDocument, VerbosityLevel }, bytes] = await Promise.all([import('unpdf/pdfjs'), buffer(process.stdin)]);
  dropRights();
  const opened = getDocument({
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    stopAtErrors: false,
    // The bytes are here already: nothing is fetched.
    disableAutoFetch: true,
    disableRange: true,
    disableStream: true,
  });
  const end = await opened.promise.then((document) => readPages(document, limits)).catch(explain);
  process.send?.(end, () => process.exit());
}

interface PdfDocument {
  numPages: number;
  getPage(number: number): Promise<{
    getTextContent(): Promise<{ items: readonly unknown[] }>;
    cleanup(): unknown;
  }>;
}

async function readPages(document: PdfDocument, limits: PdfLimits): Promise<PdfText> {
  const { numPages: pages } = document;
  const last = Math.min(pages, limits.pages);
  let text = '';
  let read = 0;
  while (read < last && text.length < limits.characters) {
    const page = await document.getPage(read + 1);
    const { items } = await page.getTextContent();
    text += `${items.map(textOf).join('').trim()}\n\n`;
    page.cleanup();
    read += 1;
  }
  const plain = toPlain(text);
  const kept = plain.slice(0, limits.characters).toWellFormed().trim();
  return {
    status: 'read',
    text: kept,
    pages,
    note: noteOf({ pages, read, isCut: plain.length > limits.characters, kept }),
  };
}

function textOf(item: unknown): string {
  if (typeof item !== 'object' || item === null || !('str' in item) || typeof item.str !== 'string') return '';
  return 'hasEOL' in item && item.hasEOL === true ? `${item.str}\n` : item.str;
}

/** Removes the control characters that broken fonts leave. */
function toPlain(text: string): string {
  return text.replaceAll(/(?![\t\n])\p{Cc}/gu, '');
}

function noteOf(reading: { pages: number; read: number; isCut: boolean; kept: string }): string | null {
  const { pages, read, isCut, kept } = reading;
  if (read < pages) return `Only the first ${read} of ${pages} pages were read.`;
  if (isCut) return `Only the first ${kept.length} characters were kept.`;
  return kept === '' ? 'The PDF has no text; its pages may be images.' : null;
}

function explain(error: unknown): PdfText {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException')
    return { status: 'failed', error: 'The PDF is encrypted. Remove its password and upload it again.' };
  if (name === 'InvalidPDFException')
    return { status: 'failed', error: 'The PDF is damaged: its structure cannot be read.' };
  return { status: 'failed', error: 'The text of the PDF cannot be read.' };
}
