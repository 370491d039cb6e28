import fc from 'fast-check';
import type { ModelMessage, Thinking } from '../../../functions/platform/models/model.ts';

/** Signatures of Claude, Gemini and servers of the chat completions. */
const signature = fc.constantFrom(
  undefined,
  JSON.stringify([{ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }]),
  'c2lnbmVk',
  JSON.stringify({ extra_content: { google: { thought_signature: 'c2ln' } } }),
);
const thinking = fc.constantFrom<(Thinking | undefined)[]>(
  undefined,
  { text: 'Hm.', place: 'reasoning_content' },
  { text: 'Hm.', place: 'reasoning', details: [{ type: 'reasoning.encrypted', data: 'x' }] },
);
/** Texts of all sizes; most are short. */
const text = fc
  .tuple(fc.constantFrom('Ü', 'a "b" ', '<c> ', 'word ', '漢字', '{"n": 1}\n'), fc.oneof(fc.nat(20), fc.nat(600)))
  .map(([word, times]) => word.repeat(times));
const said = fc.tuple(fc.nat(999_999), text).map(([number, more]) => `said ${number} ${more}`);
const call = fc.record({ name: fc.constantFrom('look_up', 'write'), signature, argument: text, output: text });

const user = fc
  .record({ text: said, images: fc.constantFrom(0, 0, 0, 1, 2) })
  .map(({ text, images }): ModelMessage[] => {
    const shown = { name: 'a.png', mediaType: 'image/png' as const, data: 'A'.repeat(40), width: 900, height: 900 };
    return images === 0
      ? question(text)
      : [{ role: 'user', text, images: Array.from({ length: images }, () => shown) }];
  });
const answer = fc
  .record({ text: said, thinking })
  .map(({ text, thinking }): ModelMessage[] => [{ role: 'assistant', text, toolCalls: [], thinking }]);
const calls = fc
  .record({ text: fc.oneof(fc.constant(''), said), thinking, calls: fc.array(call, { minLength: 1, maxLength: 4 }) })
  .map(({ text, thinking, calls }): ModelMessage[] => {
    const requests = calls.map(({ name, signature, argument }) => ({
      id: '',
      name,
      arguments: { argument },
      ...(signature === undefined ? {} : { signature }),
    }));
    return [
      { role: 'assistant', text, toolCalls: requests, thinking },
      { role: 'tool', results: calls.map(({ name, output }, index) => ({ id: '', name, output, isError: index > 2 })) },
    ];
  });

/** A question, any calls, and usually an answer: the next question may come before it. */
const turn = fc
  .tuple(user, fc.array(calls, { maxLength: 4 }), fc.option(answer, { freq: 7, nil: [] }))
  .map(([asked, worked, answered]) => [...asked, ...worked.flat(), ...answered]);

/** Mostly short, so that the rest of the conversation has room. */
const lastUser = fc.oneof({ arbitrary: said.map((text) => question(text.slice(0, 60))), weight: 5 }, user);

function question(text: string): ModelMessage[] {
  return [{ role: 'user', text }];
}

/** Any conversation that ends with a question or with results, as a request does. */
export const anyConversation = fc
  .tuple(fc.array(turn, { maxLength: 14 }), lastUser, fc.array(calls, { maxLength: 5 }))
  .map(([turns, asked, worked]) => withIds([...turns.flat(), ...asked, ...worked.flat()]));

function withIds(messages: ModelMessage[]): ModelMessage[] {
  return messages.map((message, index): ModelMessage => {
    if (message.role === 'user') return message;
    const idOf = (place: number) => `call_${message.role === 'tool' ? index - 1 : index}_${place}`;
    return message.role === 'tool'
      ? { ...message, results: message.results.map((result, place) => ({ ...result, id: idOf(place) })) }
      : { ...message, toolCalls: message.toolCalls.map((one, place) => ({ ...one, id: idOf(place) })) };
  });
}
