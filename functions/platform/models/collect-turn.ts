import { setTimeout as sleep } from 'node:timers/promises';
import { storableJson } from '../storable.ts';
import { type Model, ModelError, type ModelRequest, ModelTurn, type ReportedUsage, type Usage } from './model.ts';
import { readTurn } from './read-turn.ts';
import { completeUsage, mergeUsage } from './reported-usage.ts';

/**
 * An attempt that failed. It may have cost money: `usage` is what the provider reported before the failure, or an
 * estimate of what was sent and received when that is more.
 */
export interface FailedAttempt {
  attempt: number;
  error: unknown;
  usage: Usage | undefined;
}

export interface CollectTurn {
  model: Model;
  request: ModelRequest;
  /** An abort ends the call at once with the signal's reason. */
  signal: AbortSignal;
  /** The time limit of the whole call, with every attempt and every wait. */
  timeoutMs: number;
  /**
   * How long an attempt may receive nothing. By default half of `timeoutMs`, so that a dead connection leaves time for
   * another attempt.
   */
  silenceMs?: number;
  maxAttempts?: number;
  /**
   * Called before each attempt, counted from 1. From the second attempt on, earlier text deltas are invalid. An
   * exception ends the call.
   */
  onAttempt?: (attempt: number) => unknown;
  /** Receives text as it arrives. Only the returned turn is final. */
  onDelta?: (text: string) => void;
  /** Receives thinking as it arrives, where the provider shows it. */
  onThinking?: (text: string) => void;
  /** Called when the text so far turns out to be thinking: earlier text deltas are invalid. */
  onReset?: () => void;
  /** Called for each failed attempt, including the last, so that its usage is booked before the next attempt. */
  onFailedAttempt?: (failed: FailedAttempt) => unknown;
  /** Waits between attempts. Tests replace it. */
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const SLOW = ': try again, give a smaller task or choose a faster model';
/** The first wait, doubled with each attempt. Providers ask for at least half a second. */
const FIRST_WAIT_MS = 500;
/** An answer that cannot be read is usually the same when it is asked for again, and each one is paid. */
const MOST_UNREADABLE = 2;
/** A step must not idle longer than this; longer waits belong in the queue. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Gets one whole turn of a model. Model calls are retried only here. It retries transient errors and waits as long as
 * the provider asks, at most a minute. A wait beyond `timeoutMs` throws the error at once, with its `retryAfterMs`. An
 * answer in which the model stumbled (broken calls, nothing at all) is a turn with a `fault`, not an error. The
 * returned turn matches its schema.
 * @throws ModelError when no attempt succeeds or the time is up; the signal's reason when it is aborted.
 */
export async function collectTurn(call: CollectTurn): Promise<ModelTurn> {
  const endsAt = performance.now() + call.timeoutMs;
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(
      new ModelError('timeout', `${call.model.provider} did not finish within ${call.timeoutMs} ms${SLOW}`),
    );
  }, call.timeoutMs);
  try {
    return await tryRepeatedly(call, AbortSignal.any([call.signal, deadline.signal]), endsAt);
  } finally {
    clearTimeout(timer);
  }
}

async function tryRepeatedly(call: CollectTurn, signal: AbortSignal, endsAt: number): Promise<ModelTurn> {
  const { maxAttempts = 3, wait = waitFor } = call;
  let unreadable = 0;
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    await call.onAttempt?.(attempt);
    const progress: Progress = { usage: undefined, received: [] };
    try {
      return await tryOnce(call, signal, progress);
    } catch (error) {
      await call.onFailedAttempt?.({ attempt, error, usage: usageOf(call.request, progress, false) });
      signal.throwIfAborted();
      if (!(error instanceof ModelError) || !error.retryable || attempt >= maxAttempts) throw error;
      if (error.kind === 'invalid_answer') unreadable += 1;
      if (unreadable >= MOST_UNREADABLE) throw error;
      const pause = pauseAfter(error, attempt);
      if (performance.now() + pause >= endsAt) throw error;
      await wait(pause, signal);
    }
  }
}

/** The part of an attempt that has arrived so far. */
interface Progress {
  usage: ReportedUsage | undefined;
  received: string[];
}

function usageOf(request: ModelRequest, { usage, received }: Progress, isWhole: boolean): Usage | undefined {
  return completeUsage(request, usage, received.join(''), isWhole);
}

const NO_USAGE: Usage = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };

/**
 * Releases what still listens to an attempt. One object, because each `abort()` without a reason makes an exception.
 */
const ENDED = new Error('The attempt has ended');

/** Runs one attempt and gives up when nothing arrives for `silenceMs`. */
async function tryOnce(call: CollectTurn, signal: AbortSignal, progress: Progress): Promise<ModelTurn> {
  const { model, request, silenceMs = Math.ceil(call.timeoutMs / 2) } = call;
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new ModelError('timeout', `${model.provider} sent nothing for ${silenceMs} ms${SLOW}`));
  }, silenceMs);
  try {
    const either = AbortSignal.any([signal, silence.signal]);
    const onEvent = () => void timer.refresh();
    const turn = await readTurn(model.stream(request, either), request, {
      signal: either,
      onEvent,
      onUsage: (usage) => {
        progress.usage = mergeUsage(progress.usage, usage);
      },
      onReceived: (text) => void progress.received.push(text),
      onDelta: (text) => {
        progress.received.push(text);
        call.onDelta?.(text);
      },
      onThinking: call.onThinking,
      onReset: call.onReset,
      complete: () => usageOf(request, progress, true) ?? NO_USAGE,
    });
    // A turn that Postgres cannot store would be requested, and paid for, again and again.
    const parsed = ModelTurn.safeParse(storableJson(turn));
    if (!parsed.success) throw new ModelError('invalid_answer', `${model.provider} sent a turn of the wrong shape`);
    return parsed.data;
  } finally {
    clearTimeout(timer);
    silence.abort(ENDED);
  }
}

/**
 * Returns the wait that the provider asks for, or an exponential backoff. Adds up to 25 % jitter, so that workers do
 * not retry at the same time.
 */
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
