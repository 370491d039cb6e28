import { writeSync } from 'node:fs';
import type { CodeEnd, CodeRequest, Interpreter } from './code.ts';

/**
 * The process that one program runs in, so that whatever it does to its interpreter it does to nobody else, and so that
 * it can be killed. What it prints is our standard output; how it ended is the one message to the parent.
 */

const STANDARD_OUTPUT = 1;
/**
 * Printing line by line would be a call of the kernel for each; holding back too long would lose what a killed program
 * had printed.
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
  if (typeof interpreter === 'string') return { status: 'unavailable', reason: interpreter.slice(0, 500) };
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

/** What root has loaded, nobody runs. */
function dropRights(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
}

function openPrinter() {
  let held = '';
  let since = performance.now();
  const flush = () => {
    const bytes = Buffer.from(held);
    held = '';
    since = performance.now();
    // A pipe takes what it has room for; the parent reads on, or kills.
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
