import type {
  Model,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  ToolDeclaration,
} from '../functions/platform/models/model.ts';

/** What a probe found: whether it works, and what was seen. */
export interface Finding {
  works: boolean;
  seen: string;
}

/** A question to a real server. `isNeeded`: workers cannot do without it. */
export interface Probe {
  name: string;
  isNeeded: boolean;
  run(ask: Ask): Promise<Finding>;
}

/** An answer with the events that it was built from. */
interface Answer {
  text: string;
  thinking: Extract<ModelMessage, { role: 'assistant' }>['thinking'];
  calls: Extract<ModelMessage, { role: 'assistant' }>['toolCalls'];
  pieces: number;
  reason: string;
  usage: { input: number; output: number } | undefined;
}
export type Ask = (request: Partial<ModelRequest>) => Promise<Answer>;

const weather: ToolDeclaration = {
  name: 'get_weather',
  description: 'Returns the weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const user = (text: string): ModelMessage => ({ role: 'user', text });
const short = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The probes, from what every model can to what few servers do. */
export const PROBES: readonly Probe[] = [
  {
    name: 'text',
    isNeeded: true,
    run: async (ask) => {
      const { text } = await ask({ messages: [user('Answer with the single word: ready')] });
      return { works: /ready/i.test(text), seen: short(text) };
    },
  },
  {
    name: 'streaming',
    isNeeded: false,
    run: async (ask) => {
      const { pieces } = await ask({ messages: [user('Count from 1 to 30, separated by commas.')] });
      return { works: pieces > 1, seen: `${pieces} pieces` };
    },
  },
  {
    name: 'system instruction',
    isNeeded: true,
    run: async (ask) => {
      const system = 'You are a parrot. Whatever the user says, answer with the single word: kaleidoscope';
      const { text } = await ask({ system, messages: [user('What is the capital of France?')] });
      return { works: /kaleidoscope/i.test(text), seen: short(text) };
    },
  },
  {
    name: 'unicode',
    isNeeded: true,
    run: async (ask) => {
      const { text } = await ask({ messages: [user('Repeat exactly: Grüße 你好 🙂')] });
      return { works: text.includes('Grüße 你好 🙂'), seen: short(text) };
    },
  },
  {
    name: 'tool call',
    isNeeded: true,
    run: async (ask) => {
      const { calls, text } = await ask({ tools: [weather], messages: [user('Call get_weather for Paris.')] });
      const [call] = calls;
      const works = call?.name === 'get_weather' && /paris/i.test(String(call.arguments.city));
      return {
        works,
        seen: call === undefined ? `no call, ${short(text)}` : `${call.name}(${JSON.stringify(call.arguments)})`,
      };
    },
  },
  {
    name: 'parallel tool calls',
    isNeeded: false,
    run: async (ask) => {
      const text = 'Call get_weather for Paris and for Oslo, both in one answer.';
      const { calls } = await ask({ tools: [weather], messages: [user(text)] });
      return { works: calls.length === 2, seen: `${calls.length} calls` };
    },
  },
  {
    name: 'tool result, thinking back',
    isNeeded: true,
    run: async (ask) => {
      const question = user('Which word does get_weather return for Paris? Call it, then answer with the word.');
      const first = await ask({ tools: [weather], messages: [question] });
      if (first.calls.length === 0) return { works: false, seen: 'no call' };
      const results = first.calls.map(({ id, name }) => ({ id, name, output: 'plumbago', isError: false }));
      const answer: ModelMessage = {
        role: 'assistant',
        text: first.text,
        toolCalls: first.calls,
        thinking: first.thinking,
      };
      // The reminder at the end of the results is how workers are told about their last turns.
      const messages = [
        question,
        answer,
        { role: 'tool' as const, results },
        user('Finish now without calling a tool.'),
      ];
      const { text } = await ask({ tools: [weather], messages });
      return { works: /plumbago/i.test(text), seen: short(text) };
    },
  },
  {
    name: 'long output limit',
    isNeeded: false,
    run: async (ask) => {
      const { text } = await ask({ maxOutputTokens: 16_384, messages: [user('Answer with the single word: ready')] });
      return { works: text !== '', seen: 'asked for 16,384 tokens; the last line says what is accepted' };
    },
  },
  {
    // Ollama cuts the beginning of a longer conversation off without an error.
    name: 'a context of 8,000 tokens',
    isNeeded: true,
    run: async (ask) => {
      const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(700);
      const text = `The code word is heliotrope. ${filler}\nWhich code word did the first sentence name? Answer with it.`;
      const answer = await ask({ messages: [user(text)] });
      return { works: /heliotrope/i.test(answer.text), seen: short(answer.text) };
    },
  },
  {
    name: 'stop reason at the limit',
    isNeeded: false,
    run: async (ask) => {
      const { reason } = await ask({ maxOutputTokens: 32, messages: [user('Write a story of 500 words.')] });
      return { works: reason === 'length', seen: reason };
    },
  },
  {
    name: 'usage reported',
    isNeeded: false,
    run: async (ask) => {
      const { usage } = await ask({ messages: [user('Answer with the single word: ready')] });
      const works = usage !== undefined && usage.input > 0 && usage.output > 0;
      return { works, seen: usage === undefined ? 'none; it is estimated' : `${usage.input} in, ${usage.output} out` };
    },
  },
  {
    name: 'JSON by schema',
    isNeeded: false,
    run: async (ask) => {
      const responseSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
      const { text } = await ask({ responseSchema, messages: [user('The capital of France, as JSON: {"city": …}')] });
      return { works: /^\s*\{[^{}]*"city"[^{}]*\}\s*$/.test(text), seen: short(text) };
    },
  },
  {
    name: 'thinking told apart',
    isNeeded: false,
    run: async (ask) => {
      const { text, thinking } = await ask({ messages: [user('Think, then answer with a number only: 17 * 23')] });
      const seen =
        thinking === undefined ? 'the model showed none' : `${thinking.text.length} characters, ${thinking.place}`;
      return { works: !/<\/?think|<\|channel/.test(text) && text.includes('391'), seen };
    },
  },
];

/** Returns a function that asks a model and collects its answer. Failures are thrown, not retried. */
export function askWith(model: Model, name: string, timeoutMs: number): Ask {
  return async (request) => {
    const answer: Answer = { text: '', thinking: undefined, calls: [], pieces: 0, reason: '', usage: undefined };
    const whole = { model: name, system: 'Be brief.', messages: [], tools: [], maxOutputTokens: 2_048, ...request };
    for await (const event of model.stream(whole, AbortSignal.timeout(timeoutMs))) collect(answer, event);
    return answer;
  };
}

function collect(answer: Answer, event: ModelEvent): void {
  if (event.type === 'text_delta') {
    answer.text += event.text;
    answer.pieces += 1;
  }
  if (event.type === 'text_was_thinking') {
    answer.thinking = { text: answer.text, place: 'tags' };
    answer.text = '';
  }
  if (event.type === 'thinking_delta') {
    const { place, details } = event;
    answer.thinking = { text: (answer.thinking?.text ?? '') + event.text, place, ...(details ? { details } : {}) };
  }
  if (event.type === 'tool_call') answer.calls.push(event.call);
  // Only a reported usage is an event of its own; an estimated one comes with the end.
  if (event.type === 'usage')
    answer.usage = { input: event.usage.input_tokens ?? 0, output: event.usage.output_tokens ?? 0 };
  if (event.type === 'finish') answer.reason = event.reason;
}
