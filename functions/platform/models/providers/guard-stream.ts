import { ModelError, type ModelEvent, type ModelRequest, type ProviderName } from '../model.ts';
import { classifyFailure } from './classify-failure.ts';
import type { FailureFacts } from './failure-causes.ts';

/**
 * Runs a provider's stream with the guarantees of `Model`: an abort throws the signal's reason, every other failure is
 * a {@link ModelError}, and the connection is always closed. The SDKs leave it open when their iterator is dropped, and
 * end without an error when they are aborted. An answer that the server broke off is a failure on the way, too.
 */
export async function* guardStream(
  { provider, request }: { provider: ProviderName; request: ModelRequest },
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncIterable<ModelEvent>,
  readFacts?: (error: unknown) => FailureFacts,
): AsyncGenerator<ModelEvent> {
  signal.throwIfAborted();
  // A new signal per call: the SDKs keep listeners on their signal, and the caller's signal may live as long as the
  // process.
  const connection = new AbortController();
  let finished = false;
  try {
    for await (const event of run(AbortSignal.any([signal, connection.signal]))) {
      if (event.type === 'finish' && event.reason === 'interrupted') {
        if (event.usage !== undefined) yield { type: 'usage', usage: event.usage };
        throw brokenOff(provider, event.word);
      }
      if (event.type === 'finish') finished = true;
      yield event;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classifyFailure(provider, error, readFacts, request) ?? error;
  } finally {
    connection.abort();
  }
  signal.throwIfAborted();
  if (!finished) throw brokenOff(provider);
}

function brokenOff(provider: ProviderName, word?: string): ModelError {
  const said = word === undefined ? '' : ` (${word})`;
  return new ModelError('unavailable', `${provider} broke its answer off${said}; try again later`);
}
