import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { limitProcess } from '../../platform/process/limit-process.ts';
import { PDF_LIMITS, type PdfLimits } from '../upload-limits.ts';
import { PdfText } from './pdf-text.ts';

const EXTENSION = import.meta.url.endsWith('.js') ? '.js' : '.ts';
const PROGRAM = join(import.meta.dirname, `pdf-process${EXTENSION}`);

/** V8 stops at its own limit first. What a parser holds beside V8's heap counts only here. */
const MOST_RESIDENT_BYTES = 768 * 1024 * 1024;
/** Node's permission model: the process reads files, to load the parser, and nothing else. No text becomes code. */
const NODE_OPTIONS = [
  '--permission',
  '--allow-fs-read=*',
  '--disallow-code-generation-from-strings',
  '--max-old-space-size=512',
  '--no-warnings',
];

/**
 * Reads the text of a PDF in a process of its own, which has no environment and is killed at its limits of time and
 * memory. Never throws for what is in the PDF.
 */
export function runPdfProcess(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  limits: PdfLimits = PDF_LIMITS,
): Promise<PdfText> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, PROGRAM], {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<PdfText>();
  let end: PdfText | undefined;
  const bounds = { milliseconds: limits.seconds * 1000, residentBytes: MOST_RESIDENT_BYTES, signal };
  limitProcess(child, bounds, (limit) => {
    end ??= limit === 'time' ? tooSlow(limits) : TOO_LARGE;
  });
  child.on('message', (message) => {
    const parsed = PdfText.safeParse(message);
    end ??= parsed.success ? parsed.data : BROKEN;
  });
  child.on('error', reject);
  // A process that ends without a message has used up the memory of V8.
  child.on('close', () => resolve(end ?? TOO_LARGE));
  send(child, bytes, limits).catch((error: unknown) => {
    // A process that was killed reads no more. A body that broke off is the caller's failure.
    if (end !== undefined || isBrokenPipe(error)) return;
    reject(error);
    child.kill('SIGKILL');
  });
  return promise;
}

const tooSlow = ({ seconds }: PdfLimits): PdfText => ({
  status: 'failed',
  error: `Reading the PDF takes longer than ${seconds} seconds. Split it, or upload its text.`,
});
/** The parser was taken over, or has a fault. */
const BROKEN: PdfText = { status: 'failed', error: 'The text of the PDF cannot be read.' };
const TOO_LARGE: PdfText = {
  status: 'failed',
  error: 'Reading the PDF takes too much memory. Split it, or upload its text.',
};

async function send(child: ChildProcess, bytes: AsyncIterable<Uint8Array>, limits: PdfLimits): Promise<void> {
  child.send(limits, () => undefined);
  if (child.stdin !== null) await pipeline(bytes, child.stdin);
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}
