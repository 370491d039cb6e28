import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applySummary, type Compaction, compact } from '../../../functions/platform/compaction/compact.ts';
import { type CompactionInput, FallbackName, StrategyName } from '../../../functions/platform/compaction/compaction.ts';
import { draftOf, droppable } from '../../../functions/platform/compaction/draft.ts';
import { messageCounter } from '../../../functions/platform/compaction/message-tokens.ts';
import { CompactionPresetName, presetOptions } from '../../../functions/platform/compaction/presets.ts';
import { estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';
import type { ModelMessage } from '../../../functions/platform/models/model.ts';
import { anyConversation } from './random-conversations.ts';
import { expectValidOnEveryWire } from './wire-rules.ts';

const count = messageCounter(estimateTokens);
type Done = Exclude<Compaction, { status: 'summarise' }>;

/** What a model answers to a plan: mostly a summary, now and then something unusable. */
const answers = fc.array(fc.constantFrom('good', 'good', 'good', 'good', undefined, '', '{"facts": 7}', 'long'), {
  minLength: 1,
  maxLength: 6,
});

function finish(input: CompactionInput, scripted: readonly (string | undefined)[], covered: number[] = []): Done {
  let compaction = compact(input);
  for (let turn = 0; compaction.status === 'summarise'; turn += 1) {
    const { plan } = compaction;
    const kind = scripted[turn % scripted.length];
    const good = plan.schema === undefined ? `Part ${turn}.` : `{"facts": ["Part ${turn} of ${plan.messages[0]}."]}`;
    const next = applySummary(plan, kind === 'good' ? good : kind === 'long' ? 'word '.repeat(90_000) : kind);
    if (next.status === 'summarise' || next.summary !== plan.frame.input.earlier) {
      // Each message is summarised once.
      for (const index of plan.messages) expect(covered).not.toContain(index);
      covered.push(...plan.messages);
    }
    compaction = next;
  }
  return compaction;
}

const options = fc.record({
  strategy: fc.constantFrom(...StrategyName.options),
  fallback: fc.constantFrom(...FallbackName.options),
  keep: fc.nat(12),
  hasProviderEdits: fc.boolean(),
  readable: fc.option(fc.integer({ min: 500, max: 5_000 }), { nil: undefined }),
});

test('every outcome fits or says why not, is valid for every provider, and is what the report says', () => {
  fc.assert(
    fc.property(
      anyConversation,
      options,
      fc.constantFrom(undefined, undefined, undefined, undefined, ...CompactionPresetName.options),
      fc.double({ min: 0.05, max: 1.2, noNaN: true }),
      fc.array(fc.nat(60), { maxLength: 3 }),
      answers,
      (messages, { readable, ...chosen }, preset, share, pins, scripted) => {
        const window = Math.ceil(count(messages) * share) + 20;
        const input: CompactionInput = {
          messages,
          budget: window,
          ...chosen,
          ...(readable === undefined ? {} : { readable }),
          ...(preset === undefined ? {} : presetOptions(preset, { window, output: 100, fixed: 0 })),
          isPinned: (_, index) => pins.includes(index),
        };
        const done = finish(input, scripted);
        expectExact(input, done);
        expectWithinBudget(input, done);
        expectValidOnEveryWire(done.messages);
        expect(finish(input, scripted)).toEqual(done);
      },
    ),
    { numRuns: 120 },
  );
});

test('a growing conversation is summarised in pieces, each message once, and stays valid', () => {
  fc.assert(
    fc.property(
      anyConversation,
      fc.constantFrom('summary' as const, 'structured_summary' as const),
      fc.integer({ min: 900, max: 6_000 }),
      (messages, strategy, budget) => {
        const covered: number[] = [];
        let earlier: Done['summary'];
        for (let end = 1; end <= messages.length; end += 1) {
          if (messages[end - 1]?.role === 'assistant') continue;
          const input = { messages: messages.slice(0, end), budget, strategy, keep: 3, earlier };
          const done = finish(input, ['good'], covered);
          expectExact(input, done);
          expectWithinBudget(input, done);
          expectValidOnEveryWire(done.messages);
          earlier = done.summary;
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('a request for a window of any size is valid for every provider', () => {
  fc.assert(
    fc.property(anyConversation, fc.integer({ min: 1_024, max: 12_000 }), (messages, window) =>
      expectValidOnEveryWire(messages, window),
    ),
    { numRuns: 40 },
  );
});

/** Checks the messages against the conversation and the indices of the report. */
function expectExact({ messages, ...input }: CompactionInput, { messages: sent, report }: Done): void {
  const indices = (...names: string[]) =>
    report.steps.filter(({ strategy }) => names.includes(strategy)).flatMap((step) => step.messages);
  const gone = indices('summary', 'structured_summary', 'drop_oldest');
  expect(new Set(gone).size).toBe(gone.length);
  const changed = new Set(indices('clear_tool_results', 'shorten_results'));
  const kept = [...messages.keys()].filter((index) => !gone.includes(index));

  const ofRole = (role: ModelMessage['role']) => kept.filter((index) => messages[index]?.role === role);
  const sentOf = (role: ModelMessage['role']) => sent.filter((message) => message.role === role);
  // Answers, with their signatures, are the same objects.
  expect(sentOf('assistant')).toEqual(ofRole('assistant').map((index) => messages[index]));
  expect(sentOf('tool').map(idsOf)).toEqual(ofRole('tool').map((index) => idsOf(messages[index])));
  for (const [place, index] of ofRole('tool').entries()) {
    const isSame = JSON.stringify(sentOf('tool')[place]) === JSON.stringify(messages[index]);
    expect(isSame).toBe(!changed.has(index));
  }
  const texts = sentOf('user').map((message) => ('text' in message ? message.text : ''));
  for (const index of ofRole('user')) expect(texts.join('\n')).toContain(textOf(messages[index]));
  expect(imagesOf(sent)).toBe(imagesOf(kept.map((index) => messages[index])));

  for (const [index, message] of messages.entries()) {
    const isNewest = index === messages.findLastIndex(({ role }) => role === 'user');
    if (isNewest || input.isPinned?.(message, index) === true) {
      expect(kept).toContain(index);
      expect(changed.has(index)).toBe(false);
    }
  }
  expect(report.tokens_before).toBe(count(messages));
  expect(report.tokens_after).toBe(count(sent));
  expect(report.steps.at(0)?.tokens_before ?? report.tokens_after).toBe(report.tokens_before);
  expect(report.steps.at(-1)?.tokens_after ?? report.tokens_before).toBe(report.tokens_after);
  if (gone.length + changed.size === 0) expect(sent).toEqual(messages);
}

function expectWithinBudget(input: CompactionInput, done: Done): void {
  const newest = input.messages.findLast(({ role }) => role === 'user');
  const isNewestTooLong = newest !== undefined && count([newest]) > input.budget;
  if (done.status === 'ready') {
    expect(isNewestTooLong && done.contextEdits === undefined).toBe(false);
    if (done.contextEdits === undefined) expect(count(done.messages)).toBeLessThanOrEqual(input.budget);
    else expectCleared(input, done);
    return;
  }
  expect(count(done.messages)).toBeGreaterThan(input.budget);
  const otherwise = input.strategy === 'none' ? 'window_full' : 'protected';
  expect(done.reason).toBe(isNewestTooLong ? 'newest_message' : otherwise);
  // Nothing more could be left out.
  const gone = new Set(done.report.steps.flatMap(({ messages }) => messages));
  if (input.strategy === 'none') return;
  for (const { first } of droppable(draftOf(input))) expect(gone.has(first)).toBe(true);
}

/** The conversation goes out whole, and fits once the provider has cleared what it may. */
function expectCleared(input: CompactionInput, done: Extract<Done, { status: 'ready' }>): void {
  expect(done.messages).toEqual(input.messages);
  const keep = done.contextEdits?.clearToolResults?.keep ?? 0;
  const total = input.messages.flatMap(idsOf).length;
  let seen = 0;
  const cleared = input.messages.map((message, index): ModelMessage => {
    if (message.role !== 'tool') return message;
    const results = message.results.map((result) => {
      seen += 1;
      if (seen > total - keep) return result;
      expect(input.isPinned?.(message, index)).not.toBe(true);
      return { ...result, output: '' };
    });
    return { ...message, results };
  });
  expect(count(cleared)).toBeLessThanOrEqual(input.budget);
}

function idsOf(message: ModelMessage | undefined): string[] {
  return message?.role === 'tool' ? message.results.map(({ id }) => id) : [];
}

function textOf(message: ModelMessage | undefined): string {
  return message?.role === 'user' ? message.text : '';
}

function imagesOf(messages: readonly (ModelMessage | undefined)[]): number {
  return messages.reduce((sum, message) => sum + (JSON.stringify(message).match(/"mediaType"/g)?.length ?? 0), 0);
}
