import type { Capabilities, CapabilityOverrides } from '../capabilities.ts';
import type { ModelMessage, ModelRequest } from '../model.ts';

/** What was sent, and which capabilities it was made for. */
export interface Sent {
  request: ModelRequest;
  capabilities: Capabilities;
}

/**
 * What a refusal teaches about the server. `'no_tools'`: nothing that can be left out, because workers need tools.
 * `'too_long'`: this request is too long, and the sentence names no window that is smaller than the known one.
 */
type Lesson = CapabilityOverrides | 'no_tools' | 'too_long';

/** A sentence may quote the prompt; what matters comes first. */
const LONGEST_SENTENCE = 4_000;
const REFUSES =
  /not support|unsupported|not allowed|not permitted|not available|unavailable|not enabled|unknown|unrecognized|unexpected|extra |invalid|only the default|deprecated|does not accept/;

interface Rule {
  about: RegExp;
  refuses: RegExp;
  learn(sent: Sent, sentence: string): Lesson | undefined;
}

/** The first rule whose two expressions match teaches. */
const RULES: readonly Rule[] = [
  {
    about:
      /context (?:length|window|size|limit)|context_length_exceeded|exceed_context_size|prompt is too long|token count|token limit|input length|input is too long|too many tokens/,
    refuses: /exceed|maximum|too (?:long|large|many)|range of|only|limit/,
    learn: ({ capabilities }, sentence) => {
      const named = windowIn(sentence);
      return named !== undefined && named < capabilities.context_window ? { context_window: named } : 'too_long';
    },
  },
  {
    about: /max_tokens/,
    refuses: /max_completion_tokens['"`]? instead/,
    learn: () => ({ output_parameter: 'max_completion_tokens' }),
  },
  {
    about: /max_completion_tokens/,
    refuses: /unsupported|not supported|unknown|unrecognized|unexpected|not permitted|extra /,
    learn: ({ capabilities }) => ({
      output_parameter: capabilities.output_parameter === 'max_tokens' ? 'none' : 'max_tokens',
    }),
  },
  {
    about: /max_(?:completion_|output_|new_)?tokens|maxoutputtokens|(?:output|completion) tokens/,
    refuses:
      /range|less than|at most|too (?:large|high|big)|exceed|maximum|[<>]=? ?\d|≤|invalid|greater|larger|smaller|between|up to|must be/,
    learn: ({ request }, sentence) => ({ max_output_tokens: outputIn(sentence, request.maxOutputTokens) }),
  },
  {
    about: /temperature/,
    refuses: /unsupported|not support|deprecated|only|invalid|must be|not allowed|not permitted/,
    learn: ({ request }) => (request.temperature === undefined ? undefined : { temperature: false }),
  },
  {
    // An image that is broken or of another format teaches nothing about the model ("You uploaded an unsupported
    // image").
    about: /image|vision|multimodal/,
    refuses:
      /(?:not|n't) support (?:image|vision|multimodal)|image(?:s| inputs?|_url)? (?:is|are) not supported|unknown variant.{0,3}image_url|not a multimodal|only supports? text|that support image/,
    learn: ({ request }) => (request.messages.some(hasImages) ? { images: false } : undefined),
  },
  { about: /stream_options|include_usage/, refuses: REFUSES, learn: () => ({ stream_options: false }) },
  {
    about: /reasoning_effort|reasoning effort/,
    refuses: REFUSES,
    learn: () => ({ reasoning_effort: false }),
  },
  {
    about: /reasoning_content|reasoning content/,
    refuses: /missing|must be (?:passed|provided|included|sent)|required/,
    learn: () => ({ reasoning_back: 'always' }),
  },
  {
    about: /['".\]]reasoning(?:_content|_details)?\b|reasoning_content/,
    refuses: REFUSES,
    learn: () => ({ reasoning_back: 'never' }),
  },
  {
    about: /response_format|response format|json_schema|json schema|json_object/,
    refuses: REFUSES,
    learn: ({ request, capabilities }) =>
      request.responseSchema === undefined
        ? undefined
        : { response_format: capabilities.response_format === 'json_schema' ? 'json_object' : 'none' },
  },
  // "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive"
  { about: /clear_thinking/, refuses: /requires|must/, learn: () => ({ context_edits: 'tool_results' }) },
  { about: /context_management|clear_tool_uses/, refuses: REFUSES, learn: () => ({ context_edits: 'none' }) },
  { about: /tool call id/, refuses: /length of 9/, learn: () => ({ call_ids: 'nine_characters' }) },
  {
    about: /single tool.?call|one tool.?call|parallel tool.?call|multiple tool.?call/,
    refuses: /./,
    learn: () => ({ parallel_calls: false }),
  },
  {
    about: /system|developer/,
    refuses:
      /(?:role|message|instruction|prompt)s?\b.{0,40}(?:not supported|not enabled|unsupported)|does not support '?system/,
    learn: () => ({ system_role: false }),
  },
  {
    about: /content/,
    refuses: /non-?empty|(?:must not|cannot|can't|should not) be (?:empty|blank)|empty string|at least 1 character/,
    learn: () => ({ empty_content: false }),
  },
  {
    about: /tool|function.?call/,
    refuses: /not support|unsupported|requires? --|no endpoints found/,
    learn: ({ request }) => (request.tools.length > 0 ? 'no_tools' : undefined),
  },
];

/**
 * Reads why a server refused a request, and returns what to send differently. Servers have no common codes, so the
 * sentence is read; only limits and switches come out of it. Returns undefined when the sentence says nothing new.
 */
export function readRefusal(message: string, sent: Sent): Lesson | undefined {
  // The SDKs put the status in front.
  const sentence = message
    .slice(0, LONGEST_SENTENCE)
    .replace(/^\d{3} /, '')
    .toLowerCase()
    .replaceAll(/(?<=\d),(?=\d{3})/g, '');
  for (const { about, refuses, learn } of RULES) {
    if (!about.test(sentence) || !refuses.test(sentence)) continue;
    const lesson = learn(sent, sentence);
    if (typeof lesson === 'string' || (lesson !== undefined && isNew(lesson, sent.capabilities))) return lesson;
  }
  return undefined;
}

function hasImages(message: ModelMessage): boolean {
  return message.role === 'user' && (message.images ?? []).length > 0;
}

function isNew(lesson: CapabilityOverrides, known: Capabilities): boolean {
  return Object.entries({ ...known, ...lesson }).some(([name, value]) => known[name as keyof Capabilities] !== value);
}

const WINDOWS = [
  /> ?(\d{3,9})/,
  /(\d{3,9}) (?:tokens? )?maximum context/,
  /maximum number of tokens allowed \(?(\d{3,9})/,
  /\[\d+, ?(\d{3,9})\]/,
  /context (?:length|window|size|limit)\D{0,30}(\d{3,9})/,
  /token limit\D{0,20}(\d{3,9})/,
  /"?n_ctx"?: ?(\d{3,9})/,
];

/** Returns the window that a sentence names, if it names one. */
function windowIn(sentence: string): number | undefined {
  return WINDOWS.map((pattern) => Number(pattern.exec(sentence)?.[1])).find((window) => window >= 512);
}

/** Returns the output limit that a sentence names: its largest number below what was sent, or half of it. */
function outputIn(sentence: string, sent: number): number {
  const numbers = [...sentence.matchAll(/\d{2,9}/g)].map(([digits]) => Number(digits));
  const named = Math.max(0, ...numbers.filter((number) => number < sent && number >= 256));
  if (named === 0) return Math.max(256, Math.floor(sent / 2));
  return sentence.includes('exclusive') || sentence.includes(`less than ${named}`) ? named - 1 : named;
}
