import { z } from 'zod';
import { redactOutput } from '../redact-output.ts';
import { insertSecurityEvents, type SecurityAction } from '../sql/security-log.ts';
import { type ToolContext, type ToolOutcome, tool } from '../tool.ts';
import { callInterpreter } from './call-interpreter.ts';
import { type CodeEnd, CodeRequest, type CodeResult, Language } from './code.ts';
import { MEMORY_BYTES } from './code-limits.ts';
import { findLanguages } from './interpret.ts';

const TIMEOUT_SECONDS = 10;

const LANGUAGES = findLanguages();

const ABOUT: Record<Language, string> = {
  javascript:
    'javascript (ECMAScript with top-level await; no modules, timers, fetch or Node APIs; print with console.log)',
  python:
    'python (a part of Python 3: no classes, no with, and only the modules json, re, math, datetime, typing and asyncio; print with print)',
};

/**
 * Runs a small program in an interpreter, for calculations and for work on text and data that needs no shell and no
 * files of the workspace. The program has no access to files or the network, so an interrupted call is safe to repeat.
 */
export const runCode = tool({
  name: 'run_code',
  description:
    `Runs a small program without a shell, files or network, with at most ${TIMEOUT_SECONDS} seconds and ${MEMORY_BYTES / 2 ** 20} MiB of memory, and returns its output and the value of its last expression. ` +
    `Pass data as input: the program reads it from the string variable input. Languages: ${LANGUAGES.map((language) => ABOUT[language]).join('; ')}. ` +
    'For programs with files or packages use run_command.',
  parameters: z.strictObject({
    language: Language.extract(LANGUAGES),
    code: CodeRequest.shape.code,
    input: z.string().max(1_000_000).optional().describe('The value of the string variable input'),
  }),
  safeToRepeat: true,
  execute: async ({ language, code, input }, context) => {
    const request = {
      language,
      code: code.toWellFormed(),
      input: (input ?? '').toWellFormed(),
      timeout_seconds: TIMEOUT_SECONDS,
    };
    return describe(request, await callInterpreter(request, context.signal), context);
  },
});

const ACTIONS: Record<CodeEnd['status'], SecurityAction> = {
  completed: 'sandbox_completed',
  failed: 'sandbox_execution_error',
  timed_out: 'sandbox_timeout',
  limit_exceeded: 'sandbox_limit',
  unavailable: 'sandbox_error',
};

function describe({ language, code }: CodeRequest, result: CodeResult, context: ToolContext): ToolOutcome {
  const { end, output, output_truncated, duration_ms } = result;
  const limit = end.status === 'limit_exceeded' ? { limit: end.limit } : {};
  const facts = { language, outcome: end.status, ...limit, duration_ms };
  const detail = { tool: 'run_code', ...facts, worker: context.worker, call: context.callKey };
  const printed = output === '' ? [] : [`--- printed${output_truncated ? ' (cut)' : ''}`, output.replace(/\n$/, '')];
  return {
    status: 'completed',
    output: redactOutput([describeEnd(end, duration_ms), ...printed, ...describeValue(end)].join('\n')),
    isError: end.status !== 'completed',
    statements: [insertSecurityEvents(context.runId, [{ action: ACTIONS[end.status], detail, code }])],
    facts,
  };
}

function describeEnd(end: CodeEnd, milliseconds: number): string {
  const seconds = `${(milliseconds / 1000).toFixed(1)} s`;
  switch (end.status) {
    case 'completed':
      return `Ended (${seconds})`;
    case 'failed':
      return `Failed (${seconds})`;
    case 'timed_out':
      return `Stopped after ${seconds}: the program did not end in time.`;
    case 'limit_exceeded':
      return `Stopped after ${seconds}: the program ${end.limit === 'memory' ? 'used too much memory' : 'printed too much'}.`;
    case 'unavailable':
      return `Nothing was run: ${end.reason}. Try once more, or continue without running code.`;
  }
}

function describeValue(end: CodeEnd): string[] {
  if (end.status === 'failed') return ['--- error', end.error.trimEnd()];
  return end.status === 'completed' && end.value !== null ? ['--- value', end.value] : [];
}
