import { writeSync } from 'node:fs';
import { cutText } from '../../platform/cut-text.ts';
import { dropRights } from '../../platform/process/drop-rights.ts';
import type { CodeEnd, CodeRequest, Interpreter } from './code.ts';

/**
 * The process that runs one program. It can be killed, and a program that corrupts its interpreter affects no other
 * program. The program prints to the standard output of the process. The only message to the parent says how the
 * program ended.
 */

const STANDARD_OUTPUT = 1;
/**
 * Output is buffered, because each line would be a system call. It is flushed often, because a killed program loses it.
 */
const HELD_CHARACTERS = 8 * 1024;
const HELD_MILLISECONDS = 50;

process.once('message', (request: CodeRequest) => void answer(request));

async function answer(request: CodeRequest): Promise<void> {
  const end = await run(request);
  process.send?.(end, () => process.disconnect());
}

async function run(request: CodeRequest): Promise<CodeEnd> {
  const interpreter = await open(request).catch((error: unknown) => String(error));
  if (typeof interpreter === 'string') return { status: 'unavailable', reason: cutText(interpreter, 500) };
  dropRights();
  const printer = openPrinter();
  try {
    return interpreter(request, printer.print);
  } finally {
    printer.flush();
  }
}

async function open({ language }: CodeRequest): Promise<Interpreter> {
  if (language === 'javascript') return await (await import('./interpret-javascript.ts')).openJavascript();
  return await (await import('./interpret-python.ts')).openPython();
}

function openPrinter() {
  let held = '';
  let since = performance.now();
  const flush = () => {
    const bytes = Buffer.from(held);
    held = '';
    since = performance.now();
    // A full pipe takes only a part. Tries again until the parent has read enough, or kills this process.
    for (let at = 0; at < bytes.length; ) at += writeSome(bytes, at);
  };
  const print = (text: string) => {
    held += text;
    if (held.length >= HELD_CHARACTERS || performance.now() - since > HELD_MILLISECONDS) flush();
  };
  return { print, flush };
}

function writeSome(bytes: Buffer, at: number): number {
  try {
    return writeSync(STANDARD_OUTPUT, bytes, at);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}
