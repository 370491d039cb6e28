import {
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type ModelTurn,
  type ReportedUsage,
  type ToolCallRequest,
  type Usage,
} from './model.ts';

interface TurnReader {
  signal: AbortSignal;
  onEvent: () => void;
  onUsage: (usage: ReportedUsage) => void;
  /** Receives what costs money and is no text of the answer. */
  onReceived: (text: string) => void;
  onDelta?: ((text: string) => void) | undefined;
  /** Returns the usage of the whole answer, estimated where the provider did not count. */
  complete: () => Usage;
}

/** No worker needs more calls in one turn. */
const MAX_CALLS = 128;

/**
 * Returns the characters that an answer may have. Long tokens have about 30 characters, so only a provider that ignores
 * `maxOutputTokens` exceeds it.
 */
function longestOutput({ maxOutputTokens }: ModelRequest): number {
  return Math.min(4_000_000, 10_000 + maxOutputTokens * 32);
}

/**
 * Reads the events of one attempt into a turn of bounded size.
 * @throws ModelError `invalid_answer` for an empty, endless or unfinished answer; the signal's reason as soon as it is
 * aborted, even when the model does not react.
 */
export async function readTurn(
  events: AsyncIterable<ModelEvent>,
  request: ModelRequest,
  reader: TurnReader,
): Promise<ModelTurn> {
  const iterator = events[Symbol.asyncIterator]();
  const calls: ToolCallRequest[] = [];
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const next = await nextOrAbort(iterator, reader.signal);
      if (next.done) throw new ModelError('invalid_answer', 'The model stopped without finishing its answer');
      reader.onEvent();
      const event = next.value;
      if (event.type === 'finish') {
        if (event.usage !== undefined) reader.onUsage(event.usage);
        return toTurn({ ...event, usage: reader.complete() }, text, calls);
      }
      if (event.type === 'usage') reader.onUsage(event.usage);
      if (event.type === 'received') reader.onReceived(event.text);
      if (event.type === 'tool_call') calls.push(event.call);
      if (event.type === 'text_delta') {
        text += event.text;
        reader.onDelta?.(event.text);
      }
      size += sizeOf(event);
      if (size > longestOutput(request) || calls.length > MAX_CALLS) {
        throw new ModelError('invalid_answer', 'The model answered without end');
      }
    }
  } finally {
    // Not awaited: a model that hangs would block the caller.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function sizeOf(event: ModelEvent): number {
  if (event.type === 'text_delta' || event.type === 'received') return event.text.length;
  return event.type === 'tool_call' ? JSON.stringify(event.call.arguments).length : 0;
}

/** Builds the turn. The calls of an answer that was cut off or blocked are dropped, because they must not run. */
function toTurn(
  { reason, usage }: Extract<ModelEvent, { type: 'finish' }> & { usage: Usage },
  text: string,
  calls: ToolCallRequest[],
): ModelTurn {
  if (reason === 'refused') return { text: '', tool_calls: [], finish_reason: reason, usage };
  if (reason === 'length') return { text, tool_calls: [], finish_reason: reason, usage };
  if (calls.length === 0 && (reason === 'tool_calls' || text === '')) {
    throw new ModelError('invalid_answer', 'The model sent an empty answer');
  }
  if (new Set(calls.map((call) => call.id)).size < calls.length) {
    throw new ModelError('invalid_answer', 'The model sent two tool calls with the same id');
  }
  return { text, tool_calls: calls, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop', usage };
}

/**
 * Returns the next event, or rejects with the signal's reason if the abort comes first. Leaves no listener on the
 * signal.
 */
function nextOrAbort(iterator: AsyncIterator<ModelEvent>, signal: AbortSignal): Promise<IteratorResult<ModelEvent>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
