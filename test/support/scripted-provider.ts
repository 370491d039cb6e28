import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelMessage } from '../../functions/platform/models/model.ts';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/**
 * A request to a scripted model. The conversation is converted from the provider's format to that of models/model.ts.
 */
export interface ScriptedRequest {
  model: string;
  /** The system instruction; its first line names the worker. */
  system: string;
  messages: ModelMessage[];
  tools: { name: string; description: string; parameters: unknown }[];
  headers: IncomingHttpHeaders;
  path: string;
  /** The parsed JSON body, for fields that only this provider has. */
  body: unknown;
  /** Milliseconds of `performance.now()`, comparable between servers of the same process. */
  startedAt: number;
  /** When the answer or the connection ended. Undefined before that. */
  endedAt?: number;
  /** True when the client closed the connection before the answer was complete. */
  isAborted: boolean;
}

export interface ScriptedCall {
  name: string;
  arguments?: Record<string, unknown>;
  /** Sent instead of `arguments`, for arguments that are not a JSON object. */
  rawArguments?: string;
  id?: string;
  /** Gemini's thought signature of the call. */
  signature?: string;
}

/** An answer with status 200: a complete turn by default. Some fields make it incomplete or slow. */
export interface ScriptedTurn {
  text?: string;
  /** Streams the text in these pieces. The default is pieces of eight characters. */
  chunks?: string[];
  /** A thinking part before the answer. */
  thinking?: string;
  toolCalls?: ScriptedCall[];
  finish?: 'stop' | 'length' | 'refused';
  usage?: { input?: number; output?: number; cached?: number; thinking?: number };
  /** What Claude reports about the edits of the context. */
  contextManagement?: Record<string, unknown>;
  /** Reports no token usage. */
  withoutUsage?: boolean;
  /** Waits before each piece of text. */
  chunkDelayMs?: number;
  /** Waits before the first byte of the answer. */
  delayMs?: number;
  /** Breaks the connection after this number of pieces. */
  cutAfter?: number;
  /** Sends nothing more after this number of pieces, and keeps the connection open. */
  silentAfter?: number;
  /** Waits for the promise before the piece with this number. */
  hold?: { before: number; until: Promise<unknown> };
  /** Repeats the text until the client closes the connection. */
  isEndless?: boolean;
  /** Ends the stream without a finish reason. */
  withoutFinish?: boolean;
  /** Sends this text unchanged after the pieces, then ends the stream. */
  rawFrame?: string;
}

/** An answer with an error status, in the provider's error format. */
export interface ScriptedFailure {
  status: number;
  message?: string;
  code?: string;
  retryAfterSeconds?: number;
}

export type ScriptedAnswer = ScriptedTurn | { failure: ScriptedFailure };
export type ScriptedHandler = (request: ScriptedRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ScriptedServer {
  url: string;
  requests: ScriptedRequest[];
  close(): Promise<void>;
}

/** The wire format of a provider. */
export interface Wire {
  /** Returns undefined when the request does not ask for a turn. */
  parse(path: string, body: unknown): Pick<ScriptedRequest, 'model' | 'system' | 'messages' | 'tools'> | undefined;
  open(turn: ScriptedTurn): string[];
  text(piece: string, turn: ScriptedTurn): string;
  close(turn: ScriptedTurn): string[];
  fail(failure: ScriptedFailure): { headers: Record<string, string>; body: unknown };
  /** Answers other requests, such as embeddings. Undefined becomes 404. */
  other?(path: string, body: unknown, headers: IncomingHttpHeaders): { status: number; body: unknown } | undefined;
}

/** Serves a wire format on loopback. The handler gives every answer; `index` counts the requests for a turn from 0. */
export async function startScriptedProvider(wire: Wire, answer: ScriptedHandler): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const { url, close } = await startHttpServer((incoming, outgoing) => {
    serve(wire, answer, requests, incoming, outgoing).catch((error: unknown) => {
      // An error of the handler must fail its test, so the answer has a status that no client accepts.
      outgoing.writeHead(599, { 'content-type': 'text/plain' }).end(`scripted handler failed: ${error}`);
    });
  });
  return { url, requests, close };
}

async function serve(
  wire: Wire,
  answer: ScriptedHandler,
  requests: ScriptedRequest[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const path = incoming.url ?? '/';
  const text = String(await readBody(incoming));
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const parsed = wire.parse(path, body);
  if (parsed === undefined) {
    const other = wire.other?.(path, body, incoming.headers) ?? {
      status: 404,
      body: { error: { message: `no ${path}` } },
    };
    sendJson(outgoing, other.status, other.body);
    return;
  }
  const record = { path, body, headers: incoming.headers, startedAt: performance.now(), isAborted: false };
  const request: ScriptedRequest = { ...parsed, ...record };
  const index = requests.push(request) - 1;
  outgoing.once('close', () => {
    request.endedAt = performance.now();
    request.isAborted = !outgoing.writableFinished;
  });
  const scripted = await answer(request, index);
  if ('failure' in scripted) {
    const { headers, body: failure } = wire.fail(scripted.failure);
    sendJson(outgoing, scripted.failure.status, failure, headers);
    return;
  }
  await send(wire, scripted, outgoing);
}

async function send(wire: Wire, turn: ScriptedTurn, outgoing: ServerResponse): Promise<void> {
  if (turn.delayMs) await sleep(turn.delayMs);
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  outgoing.flushHeaders();
  for (const frame of wire.open(turn)) outgoing.write(frame);
  const pieces = turn.chunks ?? turn.text?.match(/[\s\S]{1,8}/g) ?? [];
  for (let position = 0; turn.isEndless ? !outgoing.destroyed : position < pieces.length; position += 1) {
    if (position === turn.silentAfter) return;
    if (position === turn.cutAfter) break;
    if (turn.hold?.before === position) await turn.hold.until;
    if (turn.chunkDelayMs) await sleep(turn.chunkDelayMs);
    const hasRoom = outgoing.write(wire.text(pieces[position % pieces.length] ?? 'again ', turn));
    // Yields, so that the server notices when the client aborts an endless answer.
    if (turn.isEndless || !hasRoom) await sleep(0);
  }
  if (turn.silentAfter !== undefined || outgoing.destroyed) return;
  if (turn.cutAfter !== undefined) {
    // The written pieces must arrive before the connection breaks.
    await sleep(20);
    outgoing.destroy();
    return;
  }
  if (turn.rawFrame !== undefined) outgoing.write(turn.rawFrame);
  else if (!turn.withoutFinish) for (const frame of wire.close(turn)) outgoing.write(frame);
  outgoing.end();
}

/** Returns the token counts of a turn. The defaults differ from each other, so that a mix-up is noticed. */
export function countsOf(turn: ScriptedTurn): { input: number; output: number; cached: number; thinking: number } {
  return { input: 11, output: 7, cached: 0, thinking: 0, ...turn.usage };
}

/** Returns the arguments of a call as text, for wire formats that stream them. */
export function argumentsText(call: ScriptedCall): string {
  return call.rawArguments ?? JSON.stringify(call.arguments ?? {});
}

/** Returns the name of the worker, which is in the first line of the system instruction. */
export function workerOf(request: ScriptedRequest): string | undefined {
  return /^You are the (.+?) worker/.exec(request.system)?.[1];
}

/** Returns the Retry-After header of a failure. */
export function retryAfterHeader(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
