import { ModelError, type ModelEvent, type ProviderName } from '../model.ts';
import { classifyFailure, type FailureFacts } from './classify-failure.ts';

/**
 * Runs one provider's stream under the promises of the `Model` contract: an abort throws the signal's reason, everything else
 * that goes wrong is a {@link ModelError}, and the connection is closed however the consumer leaves (the SDKs leave it open when
 * their iterator is merely dropped, and end silently when they are aborted).
 */
export async function* guardStream(
  provider: ProviderName,
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncIterable<ModelEvent>,
  readFacts?: (error: unknown) => FailureFacts,
): AsyncGenerator<ModelEvent> {
  signal.throwIfAborted();
  // Per call, because the SDKs keep listeners on the signal that they are given, and the caller's may live for the whole process.
  const connection = new AbortController();
  let finished = false;
  try {
    for await (const event of run(AbortSignal.any([signal, connection.signal]))) {
      if (event.type === 'finish') finished = true;
      yield event;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw classifyFailure(provider, error, readFacts) ?? error;
  } finally {
    connection.abort();
  }
  signal.throwIfAborted();
  if (!finished) throw new ModelError('invalid_answer', `${provider} ended its stream without a reason to stop`);
}
