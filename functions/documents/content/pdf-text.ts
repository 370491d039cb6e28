import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import { callInternal } from '../../platform/http/internal-call.ts';
import { log } from '../../platform/log.ts';
import { PDF_LIMITS } from '../upload-limits.ts';

/** The text of a PDF, or why it has none that can be read. */
export const PdfText = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('read'),
    text: z.string().max(PDF_LIMITS.characters),
    pages: z.int(),
    note: z.string().max(500).nullable().meta({ description: 'What of the text is missing' }),
  }),
  z.strictObject({ status: z.literal('failed'), error: z.string().max(500) }),
]);
export type PdfText = z.infer<typeof PdfText>;

/** Includes the time to start an instance of the service and a process in it. */
const CALL_TIMEOUT_MS = (PDF_LIMITS.seconds + 25) * 1000;

/**
 * Reads the text of a PDF in a service without rights, because parsers of PDF have had holes.
 * @throws Problem 503 when the service cannot be reached; the signal's reason when the caller has gone
 */
export async function readPdf(bytes: Buffer, signal: AbortSignal): Promise<PdfText> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  try {
    return await callInternal('documents-read-pdf', '/internal/documents/pdf', bytes, PdfText, patience);
  } catch (error) {
    signal.throwIfAborted();
    log('warning', 'PDF reader unreachable', { error });
    throw new Problem('not-ready', 'The PDF cannot be read at the moment. Finish the upload again.', {
      retryAfterSeconds: 5,
      cause: error,
    });
  }
}
