import { callInternal } from '../../platform/http/internal-call.ts';
import { log } from '../../platform/log.ts';
import { type CodeRequest, CodeResult } from './code.ts';

/** The time to start an instance of the service and a process in it, and to answer. */
const EXTRA_SECONDS = 35;

const UNREACHED: CodeResult = {
  end: { status: 'unavailable', reason: 'the interpreter did not answer' },
  output: '',
  output_truncated: false,
  duration_ms: 0,
};

/**
 * Runs a program in the service that isolates it. A service that does not answer is a result, not an exception.
 * @throws the signal's reason when the run was stopped
 */
export async function callInterpreter(request: CodeRequest, signal: AbortSignal): Promise<CodeResult> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout((request.timeout_seconds + EXTRA_SECONDS) * 1000)]);
  try {
    return await callInternal('tools-run-sandbox-code', '/internal/sandbox/code', request, CodeResult, patience);
  } catch (error) {
    signal.throwIfAborted();
    log('warning', 'interpreter unreachable', { error });
    return UNREACHED;
  }
}
