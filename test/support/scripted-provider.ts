import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelMessage } from '../../functions/platform/models/model.ts';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/** What a scripted model is asked, whatever the provider's wire: the conversation is in the words of our own contract. */
export interface ScriptedRequest {
  model: string;
  /** The system instruction; its first line names the worker. */
  system: string;
  messages: ModelMessage[];
  tools: { name: string; description: string; parameters: unknown }[];
  headers: IncomingHttpHeaders;
  path: string;
  /** The body as it came, for what is special to the wire. */
  body: unknown;
  /** Milliseconds of `performance.now()`, comparable between servers of the same process. */
  startedAt: number;
  /** When the answer was sent whole, or the connection ended; undefined while it is under way. */
  endedAt?: number;
  /** True when the client hung up before the answer was whole. */
  isAborted: boolean;
}

export interface ScriptedCall {
  name: string;
  arguments?: Record<string, unknown>;
  /** Sent instead of `arguments`, to send what is no JSON object. */
  rawArguments?: string;
  id?: string;
  /** Gemini's thought signature of the call. */
  signature?: string;
}

/** An answer with status 200. Without anything special it is a whole turn; the other fields break it in one way each. */
export interface ScriptedTurn {
  text?: string;
  /** The text in exactly these pieces; by default in pieces of eight characters. */
  chunks?: string[];
  /** Thinking before the answer. */
  thinking?: string;
  toolCalls?: ScriptedCall[];
  finish?: 'stop' | 'length' | 'refused';
  usage?: { input?: number; output?: number; cached?: number; thinking?: number };
  /** The provider reports no usage at all. */
  withoutUsage?: boolean;
  /** Waits before each piece of text. */
  chunkDelayMs?: number;
  /** Waits before the first byte of the answer. */
  delayMs?: number;
  /** Breaks the connection after so many pieces of text. */
  cutAfter?: number;
  /** Says nothing more after so many pieces of text, and keeps the connection. */
  silentAfter?: number;
  /** Repeats its text for as long as the client listens. */
  isEndless?: boolean;
  /** Ends the stream cleanly, without a finish. */
  withoutFinish?: boolean;
  /** Sends this verbatim after the pieces of text, then ends. */
  rawFrame?: string;
}

/** An answer with an error status, in the provider's own error format. */
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

/** One provider's wire format. */
export interface Wire {
  /** Undefined: not a request for a turn. */
  parse(path: string, body: unknown): Pick<ScriptedRequest, 'model' | 'system' | 'messages' | 'tools'> | undefined;
  open(turn: ScriptedTurn): string[];
  text(piece: string, turn: ScriptedTurn): string;
  close(turn: ScriptedTurn): string[];
  fail(failure: ScriptedFailure): { headers: Record<string, string>; body: unknown };
  /** Answers other requests, such as embeddings. Undefined: 404. */
  other?(path: string, body: unknown, headers: IncomingHttpHeaders): { status: number; body: unknown } | undefined;
}

/** Serves a wire on loopback. Every answer comes from the handler; `index` counts the requests for a turn from 0. */
export async function startScriptedProvider(wire: Wire, answer: ScriptedHandler): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const { url, close } = await startHttpServer((incoming, outgoing) => {
    serve(wire, answer, requests, incoming, outgoing).catch((error: unknown) => {
      // A fault of the script must fail the test that wrote it, so it becomes an answer that no client takes for success.
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
    if (turn.chunkDelayMs) await sleep(turn.chunkDelayMs);
    const hasRoom = outgoing.write(wire.text(pieces[position % pieces.length] ?? 'again ', turn));
    // An endless answer gives way, so that the client's abort can be noticed.
    if (turn.isEndless || !hasRoom) await sleep(0);
  }
  if (turn.silentAfter !== undefined || outgoing.destroyed) return;
  if (turn.cutAfter !== undefined) {
    // What was written must arrive before the connection breaks.
    await sleep(20);
    outgoing.destroy();
    return;
  }
  if (turn.rawFrame !== undefined) outgoing.write(turn.rawFrame);
  else if (!turn.withoutFinish) for (const frame of wire.close(turn)) outgoing.write(frame);
  outgoing.end();
}

/** Token counts of a turn, with stand-ins that differ from each other so that a mix-up shows. */
export function countsOf(turn: ScriptedTurn): { input: number; output: number; cached: number; thinking: number } {
  return { input: 11, output: 7, cached: 0, thinking: 0, ...turn.usage };
}

/** The arguments of a call as text, as the wires that stream them need them. */
export function argumentsText(call: ScriptedCall): string {
  return call.rawArguments ?? JSON.stringify(call.arguments ?? {});
}

/** An answer for the worker that the system instruction's first line names. */
export function workerOf(request: ScriptedRequest): string | undefined {
  return /^You are the (.+?) worker/.exec(request.system)?.[1];
}

/** The header of a failure that says when to come back. */
export function retryAfterHeader(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
