import { z } from 'zod';
import type { ModelMessage, ToolResult } from '../../functions/platform/models/model.ts';
import {
  countsOf,
  retryAfterHeader,
  type ScriptedCall,
  type ScriptedFailure,
  type ScriptedHandler,
  type ScriptedServer,
  type ScriptedTurn,
  startScriptedProvider,
  type Wire,
} from './scripted-provider.ts';

/** A request for embeddings. */
export interface ScriptedEmbedding {
  model: string;
  texts: string[];
  taskType: string | undefined;
  dimensions: number | undefined;
}

/** A request for an answer that is grounded with Google Search. */
export interface ScriptedSearch {
  model: string;
  path: string;
  query: string;
  system: string;
}

/** The result of Google Search: pages, and the model's sentences with the indices of their source pages. */
export interface ScriptedGrounding {
  queries?: string[];
  pages?: { uri: string; title: string }[];
  sentences?: { text: string; pages: number[] }[];
}

export interface ScriptedGemini extends ScriptedServer {
  embeddings: ScriptedEmbedding[];
  searches: ScriptedSearch[];
}

export interface ScriptGemini {
  answer?: ScriptedHandler;
  /**
   * Returns the vector of a text, or a failure of the request. The default counts letters, so similar texts are near.
   */
  embed?: (text: string, dimensions: number, index: number) => number[] | { failure: ScriptedFailure };
  /** Returns the sources of a grounded answer. The default is none. */
  search?: (search: ScriptedSearch) => ScriptedGrounding | { failure: ScriptedFailure };
}

/**
 * Starts a scripted server with the Gemini API and Vertex AI: `streamGenerateContent`, `batchEmbedContents`, `predict`,
 * and `generateContent` with Google Search.
 */
export async function startScriptedGemini({
  answer,
  embed = countLetters,
  search = () => ({}),
}: ScriptGemini): Promise<ScriptedGemini> {
  const embeddings: ScriptedEmbedding[] = [];
  const searches: ScriptedSearch[] = [];
  const handler: ScriptedHandler = answer ?? (() => ({ text: 'ok' }));
  const server = await startScriptedProvider(
    {
      ...wire,
      other: (path, body) =>
        answerSearch(path, body, search, searches) ?? answerEmbeddings(path, body, embed, embeddings),
    },
    handler,
  );
  return { ...server, embeddings, searches };
}

const Part = z.object({
  text: z.string().optional(),
  thoughtSignature: z.string().optional(),
  functionCall: z
    .object({ id: z.string().optional(), name: z.string(), args: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
  functionResponse: z
    .object({ id: z.string().optional(), name: z.string(), response: z.record(z.string(), z.unknown()) })
    .optional(),
});
type Part = z.infer<typeof Part>;
const Body = z.object({
  systemInstruction: z.object({ parts: z.array(Part) }).optional(),
  contents: z.array(z.object({ role: z.string().optional(), parts: z.array(Part) })),
  tools: z
    .array(
      z.object({
        functionDeclarations: z
          .array(z.object({ name: z.string(), description: z.string().default(''), parametersJsonSchema: z.unknown() }))
          .default([]),
      }),
    )
    .default([]),
});

const wire: Wire = {
  parse(path, body) {
    const model = /models\/([^:/?]+):streamGenerateContent/.exec(path)?.[1];
    if (model === undefined) return undefined;
    const { systemInstruction, contents, tools } = Body.parse(body);
    return {
      model,
      system: textOf(systemInstruction?.parts ?? []),
      messages: contents.flatMap(toMessages),
      tools: tools
        .flatMap((tool) => tool.functionDeclarations)
        .map(({ name, description, parametersJsonSchema }) => ({
          name,
          description,
          parameters: parametersJsonSchema,
        })),
    };
  },
  open: (turn) => (turn.thinking ? [frame([{ text: turn.thinking, thought: true }], turn)] : []),
  text: (piece, turn) => frame([{ text: piece }], turn),
  close: (turn) => [frame((turn.toolCalls ?? []).map(toCallPart), turn, finishOf(turn))],
  fail: ({ status, message = 'scripted failure', code = 'UNAVAILABLE', retryAfterSeconds }) => ({
    headers: retryAfterHeader(retryAfterSeconds),
    body: {
      error: {
        code: status,
        message,
        status: code,
        details:
          retryAfterSeconds === undefined
            ? []
            : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }],
      },
    },
  }),
};

function textOf(parts: Part[]): string {
  return parts.map((part) => part.text ?? '').join('');
}

function toMessages({ role, parts }: { role?: string | undefined; parts: Part[] }): ModelMessage[] {
  if (role === 'model') {
    const toolCalls = parts.flatMap(({ functionCall, thoughtSignature }, index) =>
      functionCall === undefined
        ? []
        : [
            {
              id: functionCall.id ?? `unnamed-${index}`,
              name: functionCall.name,
              arguments: functionCall.args,
              ...(thoughtSignature === undefined ? {} : { signature: thoughtSignature }),
            },
          ],
    );
    return [{ role: 'assistant', text: textOf(parts), toolCalls }];
  }
  const results = parts.flatMap((part): ToolResult[] =>
    part.functionResponse ? [toResult(part.functionResponse)] : [],
  );
  const text = textOf(parts);
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, results }] : []),
    ...(text === '' ? [] : [{ role: 'user' as const, text }]),
  ];
}

function toResult({ id, name, response }: NonNullable<Part['functionResponse']>): ToolResult {
  const isError = 'error' in response;
  return { id: id ?? '', name, output: String(isError ? response.error : response.output), isError };
}

function toCallPart(call: ScriptedCall): Record<string, unknown> {
  return {
    functionCall: {
      ...(call.id ? { id: call.id } : {}),
      name: call.name,
      args: call.rawArguments ?? call.arguments ?? {},
    },
    ...(call.signature ? { thoughtSignature: call.signature } : {}),
  };
}

function finishOf({ finish = 'stop' }: ScriptedTurn): string {
  return { stop: 'STOP', length: 'MAX_TOKENS', refused: 'SAFETY' }[finish];
}

function frame(parts: Record<string, unknown>[], turn: ScriptedTurn, finishReason?: string): string {
  const { input, output, cached, thinking } = countsOf(turn);
  const usageMetadata = {
    promptTokenCount: input,
    candidatesTokenCount: output,
    thoughtsTokenCount: thinking,
    cachedContentTokenCount: cached,
    totalTokenCount: input + output + thinking,
  };
  const candidate = { content: { role: 'model', parts }, index: 0, ...(finishReason ? { finishReason } : {}) };
  const body = {
    candidates: [candidate],
    modelVersion: 'scripted',
    responseId: 'scripted',
    ...(turn.withoutUsage ? {} : { usageMetadata }),
  };
  return `data: ${JSON.stringify(body)}\r\n\r\n`;
}

const GroundedRequest = Body.extend({ tools: z.array(z.object({ googleSearch: z.object({}) })).length(1) });

function answerSearch(
  path: string,
  body: unknown,
  search: NonNullable<ScriptGemini['search']>,
  searches: ScriptedSearch[],
): { status: number; body: unknown } | undefined {
  const model = /models\/([^:/?]+):generateContent/.exec(path)?.[1];
  if (model === undefined) return undefined;
  const { contents, systemInstruction } = GroundedRequest.parse(body);
  const query = textOf(contents.flatMap(({ parts }) => parts));
  const request = { model, path, query, system: textOf(systemInstruction?.parts ?? []) };
  searches.push(request);
  const found = search(request);
  if ('failure' in found) return { status: found.failure.status, body: wire.fail(found.failure).body };
  const { queries = [query], pages = [], sentences = [] } = found;
  const groundingMetadata = {
    webSearchQueries: queries,
    groundingChunks: pages.map((web) => ({ web })),
    groundingSupports: sentences.map(({ text, pages: indices }) => ({
      segment: { text },
      groundingChunkIndices: indices,
    })),
  };
  const parts = [{ text: sentences.map(({ text }) => text).join(' ') }];
  const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', index: 0, groundingMetadata };
  const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 };
  return { status: 200, body: { candidates: [candidate], usageMetadata, modelVersion: 'scripted' } };
}

const Batch = z.object({
  requests: z.array(
    z.object({
      content: z.object({ parts: z.array(Part) }),
      taskType: z.string().optional(),
      outputDimensionality: z.int().optional(),
    }),
  ),
});
const Prediction = z.object({
  instances: z.array(z.object({ content: z.string(), task_type: z.string().optional() })),
  parameters: z.object({ outputDimensionality: z.int().optional() }).default({}),
});

function answerEmbeddings(
  path: string,
  body: unknown,
  embed: NonNullable<ScriptGemini['embed']>,
  embeddings: ScriptedEmbedding[],
): { status: number; body: unknown } | undefined {
  const [, model, operation] = /models\/([^:/?]+):(batchEmbedContents|predict)/.exec(path) ?? [];
  if (model === undefined) return undefined;
  const request = operation === 'predict' ? readPrediction(model, body) : readBatch(model, body);
  const index = embeddings.push(request) - 1;
  const vectors: number[][] = [];
  for (const text of request.texts) {
    const vector = embed(text, request.dimensions ?? 3072, index);
    if ('failure' in vector) return { status: vector.failure.status, body: wire.fail(vector.failure).body };
    vectors.push(vector);
  }
  if (operation === 'batchEmbedContents')
    return { status: 200, body: { embeddings: vectors.map((values) => ({ values })) } };
  const statistics = { token_count: 5, truncated: false };
  return { status: 200, body: { predictions: vectors.map((values) => ({ embeddings: { values, statistics } })) } };
}

function readBatch(model: string, body: unknown): ScriptedEmbedding {
  const { requests } = Batch.parse(body);
  return {
    model,
    texts: requests.map((request) => textOf(request.content.parts)),
    taskType: requests[0]?.taskType,
    dimensions: requests[0]?.outputDimensionality,
  };
}

function readPrediction(model: string, body: unknown): ScriptedEmbedding {
  const { instances, parameters } = Prediction.parse(body);
  return {
    model,
    texts: instances.map((instance) => instance.content),
    taskType: instances[0]?.task_type,
    dimensions: parameters.outputDimensionality,
  };
}

function countLetters(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0.01);
  for (const letter of text.toLowerCase()) {
    const place = (letter.codePointAt(0) ?? 0) % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  return vector;
}
