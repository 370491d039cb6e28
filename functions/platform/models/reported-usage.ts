import { estimateInputTokens, estimateTokens } from './estimate-tokens.ts';
import type { ModelRequest, ReportedUsage, Usage } from './model.ts';

/** More tokens than any model takes or writes. A larger count is malformed. */
const MOST_TOKENS = 100_000_000;

/**
 * Reads the counts of a provider, where several names of a count may be added up. A count is a whole number, as text
 * too. Anything else is no count.
 */
export function readUsage(counts: {
  input: readonly unknown[];
  output: readonly unknown[];
  cached: readonly unknown[];
  written?: readonly unknown[];
}): ReportedUsage {
  const isDoubtful = [...counts.input, ...counts.output].some((value) => typeof value === 'string');
  return {
    input_tokens: sumOf(counts.input),
    output_tokens: sumOf(counts.output),
    cached_tokens: sumOf(counts.cached),
    ...(counts.written === undefined ? {} : { cache_write_tokens: sumOf(counts.written) }),
    ...(isDoubtful ? { isDoubtful } : {}),
  };
}

/** Reads one count. Returns undefined for anything that is no whole number of tokens. */
export function readCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s{0,9}\d{1,9}\s{0,9}$/.test(value) ? Number(value) : value;
  const isCount = typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MOST_TOKENS;
  return isCount ? number : undefined;
}

function sumOf(values: readonly unknown[]): number | undefined {
  const counts = values.map(readCount).filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Combines the reports of one answer. Servers repeat a report with each chunk as a running total, and some end with an
 * empty one, so the highest count holds.
 */
export function mergeUsage(before: ReportedUsage | undefined, now: ReportedUsage): ReportedUsage {
  if (before === undefined) return now;
  const isDoubtful = before.isDoubtful || now.isDoubtful;
  return {
    input_tokens: highest(before.input_tokens, now.input_tokens),
    output_tokens: highest(before.output_tokens, now.output_tokens),
    cached_tokens: highest(before.cached_tokens, now.cached_tokens),
    cache_write_tokens: highest(before.cache_write_tokens, now.cache_write_tokens),
    ...(isDoubtful ? { isDoubtful } : {}),
  };
}

function highest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/**
 * Returns the usage to book for an answer of which `received` has arrived: text, arguments of calls and thinking. A
 * count that is missing, zero or doubtful is estimated, because zero would switch budgets off. When the answer broke
 * off (`isWhole` is false), the provider's count of the output is from before the end, so the estimate holds if it is
 * higher. Returns undefined when nothing was counted and nothing arrived: such an attempt is free.
 */
export function completeUsage(
  request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>,
  reported: ReportedUsage | undefined,
  received: string,
  isWhole: boolean,
): Usage | undefined {
  const { input_tokens: input = 0, output_tokens: output = 0, cached_tokens: cached = 0 } = reported ?? {};
  const { cache_write_tokens: written = 0 } = reported ?? {};
  if (input === 0 && output === 0 && received === '' && !isWhole) return undefined;
  const isDoubtful = reported?.isDoubtful === true;
  const inputTokens = input === 0 || isDoubtful ? Math.max(input, estimateInputTokens(request)) : input;
  const outputTokens = output === 0 || isDoubtful || !isWhole ? Math.max(output, estimateTokens(received)) : output;
  const writtenTokens = Math.min(written, Math.max(0, inputTokens - cached));
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cached_tokens: Math.min(cached, inputTokens),
    ...(writtenTokens > 0 ? { cache_write_tokens: writtenTokens } : {}),
    ...(inputTokens === input && outputTokens === output ? {} : { estimated: true }),
  };
}
