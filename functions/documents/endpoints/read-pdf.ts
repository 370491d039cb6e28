import { endpoint } from '../../platform/endpoint.ts';
import { streamBody } from '../../platform/http/body.ts';
import { PdfText } from '../content/pdf-text.ts';
import { runPdfProcess } from '../content/run-pdf-process.ts';
import { mostBytesOf } from '../upload-limits.ts';

const MOST_BYTES = mostBytesOf('application/pdf');

/**
 * Reads the text of a PDF. The service runs as an account without rights, secrets or a database, so a PDF that breaks
 * out of the parser and its process finds nothing. An instance reads one PDF at a time.
 */
export const readPdf = endpoint({
  name: 'documents-read-pdf',
  route: 'POST /internal/documents/pdf',
  access: 'internal',
  summary: 'Reads the text of a PDF.',
  takesBytes: true,
  bodyLimit: MOST_BYTES,
  reply: { 200: PdfText },
  deployment: { identity: 'sandbox', concurrency: 1, cpu: 1, memoryMiB: 1024, timeoutSeconds: 60, maxInstances: 10 },
  part: { name: 'pdf', look: async () => describeMissing() },
}).compute(async ({ request, signal }) => ({
  status: 200,
  body: await runPdfProcess(streamBody(request, MOST_BYTES), signal),
}));

function describeMissing(): string | undefined {
  try {
    import.meta.resolve('unpdf');
    return undefined;
  } catch {
    return 'the package unpdf is not installed';
  }
}
