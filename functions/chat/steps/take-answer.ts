import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { takeTurns } from '../../runs/take-turns.ts';
import { ANSWER } from '../answer-node.ts';
import { TakeAnswer } from '../chat.ts';

/** Takes turns of an answer of the chat. Idempotent: duplicate, late and concurrent deliveries are no-ops. */
export const takeAnswer = step(TakeAnswer, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: [...MODEL_KEYS, 'BRAVE_SEARCH_API_KEY'],
}).handle((delivery) => takeTurns(ANSWER, delivery));
