import { setTimeout as sleep } from 'node:timers/promises';
import { storableJson } from '../storable.ts';
import { estimateUsage } from './estimate-tokens.ts';
import { type Model, ModelError, type ModelRequest, ModelTurn, Usage } from './model.ts';
import { readTurn } from './read-turn.ts';

/**
 * An attempt that did not become a turn. It may have cost money: `usage` is what the provider reported before it failed, or an estimate where it had begun to
 * answer and not reported anything.
 */
export interface FailedAttempt {
  attempt: number;
  error: unknown;
  usage: Usage | undefined;
}

export interface CollectTurn {
  model: Model;
  request: ModelRequest;
  /** Aborting ends the call at once with the signal's reason. */
  signal: AbortSignal;
  /** The whole call's limit, with every attempt and every wait between them. */
  timeoutMs: number;
  /** How long one attempt may send nothing. By default half of `timeoutMs`, so that a dead connection leaves time for another. */
  silenceMs?: number;
  maxAttempts?: number;
  /** Called before each attempt, counting from 1: from 2 on, the text deltas so far are void. What it throws ends the call. */
  onAttempt?: (attempt: number) => unknown;
  /** Text as it comes. Transient: only the returned turn counts. */
  onDelta?: (text: string) => void;
  /** Called for each failed attempt, the last one included, so that its usage is booked before the next begins. */
  onFailedAttempt?: (failed: FailedAttempt) => unknown;
  /** Waits between attempts; injected by tests. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** First wait; doubled with each attempt. Providers ask for at least half a second. */
const FIRST_WAIT_MS = 500;
/** A longer wait belongs into the queue: the step's instance must not idle for it. */
const LONGEST_WAIT_MS = 60_000;

/**
 * One whole turn of a model: the only place that retries. It tries again after errors that may pass, waits as long as the provider
 * asks for (at most a minute, and never beyond `timeoutMs`: then the error goes out at once, with its `retryAfterMs`), and returns
 * a turn that passed the schema.
 * @throws ModelError when no attempt succeeded or time ran out; the signal's reason when it is aborted.
 */
export async function collectTurn(call: CollectTurn): Promise<ModelTurn> {
  const endsAt = performance.now() + call.timeoutMs;
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new ModelError('timeout', `${call.model.provider} did not finish within ${call.timeoutMs} ms`));
  }, call.timeoutMs);
  try {
    return await tryRepeatedly(call, AbortSignal.any([call.signal, deadline.signal]), endsAt);
  } finally {
    clearTimeout(timer);
  }
}

async function tryRepeatedly(call: CollectTurn, signal: AbortSignal, endsAt: number): Promise<ModelTurn> {
  const { maxAttempts = 3, wait = waitFor } = call;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    await call.onAttempt?.(attempt);
    const progress: Progress = { usage: undefined, characters: 0 };
    try {
      return await tryOnce(call, signal, progress);
    } catch (error) {
      await call.onFailedAttempt?.({ attempt, error, usage: usageOf(call.request, progress) });
      signal.throwIfAborted();
      if (!(error instanceof ModelError) || !error.retryable || attempt >= maxAttempts) throw error;
      const pause = pauseAfter(error, attempt);
      if (performance.now() + pause >= endsAt) throw error;
      await wait(pause, signal);
    }
  }
}

/** What of an attempt has come so far. */
interface Progress {
  usage: Usage | undefined;
  characters: number;
}

function usageOf(request: ModelRequest, { usage, characters }: Progress): Usage | undefined {
  if (usage === undefined) return characters > 0 ? estimateUsage(request, characters) : undefined;
  // Numbers that make no sense are not booked.
  return Usage.safeParse(usage).data;
}

/** One attempt, given up when nothing comes for too long. */
async function tryOnce(call: CollectTurn, signal: AbortSignal, progress: Progress): Promise<ModelTurn> {
  const { model, request, silenceMs = Math.ceil(call.timeoutMs / 2) } = call;
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new ModelError('timeout', `${model.provider} sent nothing for ${silenceMs} ms`));
  }, silenceMs);
  try {
    const events = model.stream(request, AbortSignal.any([signal, silence.signal]));
    const onEvent = () => void timer.refresh();
    const turn = await readTurn(events, request, {
      signal: AbortSignal.any([signal, silence.signal]),
      onEvent,
      onUsage: (usage) => {
        progress.usage = usage;
      },
      onDelta: (text) => {
        progress.characters += text.length;
        call.onDelta?.(text);
      },
    });
    // A turn that cannot be stored would be asked for, and paid for, again and again.
    const parsed = ModelTurn.safeParse(storableJson(turn));
    if (!parsed.success) throw new ModelError('invalid_answer', `${model.provider} sent a turn of the wrong shape`);
    return parsed.data;
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** The provider's wish, or an exponential wait with up to a quarter of jitter so that workers do not return in step. */
function pauseAfter(error: ModelError, attempt: number): number {
  const wanted = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.min(LONGEST_WAIT_MS, Math.ceil(wanted * (1 + Math.random() / 4)));
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
