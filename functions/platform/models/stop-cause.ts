import type { ModelTurn } from './model.ts';

type NoAnswer = 'refused' | 'filtered' | 'recited' | 'context_full';

const CAUSES: Record<NoAnswer, [cause: string, advice: string]> = {
  refused: ['the model refused to answer', 'put the task in other words, or choose another model'],
  filtered: [
    "the provider's content filter blocked the prompt or the answer",
    'put the task in other words, or choose another model',
  ],
  recited: [
    'the provider stopped the answer because it recited published text, which may be under copyright',
    "ask for the model's own words, or choose another model",
  ],
  context_full: [
    "the conversation is longer than the model's context window",
    'give a smaller task, or choose a model with a larger window',
  ],
};

/** Tells a user why there is no answer and what to do. Returns undefined when asking on makes sense. */
export function stopCause(turn: Pick<ModelTurn, 'finish_reason' | 'stop_word'>): string | undefined {
  const { finish_reason: reason, stop_word: word } = turn;
  const found = Object.hasOwn(CAUSES, reason) ? CAUSES[reason as NoAnswer] : undefined;
  return found && `${found[0]}${word === undefined ? '' : ` (${word})`}: ${found[1]}`;
}
