import { createId } from '../../functions/platform/id.ts';
import { openBench, type RunBench } from '../runs/bench.ts';
import type { Answer, Person } from '../support/server.ts';

/** A frame of Server-Sent Events. */
export interface Frame {
  id: number | undefined;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read events of any shape and assert what they expect.
  data: any;
}

/** The bench of runs with calls of the chat. */
export interface ChatBench extends RunBench {
  /** Sends a message and returns the reply with the whole answer. */
  say(message: string, body?: Record<string, unknown>, who?: Person): Promise<Answer>;
  get(path: string, who?: Person): Promise<Answer>;
  post(path: string, body?: unknown, who?: Person): Promise<Answer>;
  /** Sets the context window that the tenant's model has. */
  setWindow(tokens: number): Promise<void>;
  /** Appends messages to the branch that is shown, alternately of the person and of the assistant. */
  fill(conversationId: string, count: number, textOf: (index: number) => string): Promise<void>;
  /** Opens a stream: `POST /chat/message` with a body, or a GET. */
  open(path: string, options?: { body?: unknown; lastEventId?: number; who?: Person }): Promise<OpenStream>;
}

export interface OpenStream {
  status: number;
  headers: Headers;
  frames: AsyncIterableIterator<Frame>;
  /** Reads until a frame matches or the stream ends, and returns all frames. */
  until(matches: (frame: Frame) => boolean): Promise<Frame[]>;
  close(): void;
}

export async function openChat(): Promise<ChatBench> {
  const bench = await openBench();
  const { server, person } = bench;
  return {
    ...bench,
    say: (message, body = {}, who = person) =>
      server.call('POST', '/api/v1/chat/message', {
        token: who.token,
        headers: { accept: 'application/json' },
        body: { message, ...body },
      }),
    get: (path, who = person) => server.call('GET', `/api/v1${path}`, { token: who.token }),
    post: (path, body, who = person) =>
      server.call('POST', `/api/v1${path}`, { token: who.token, ...(body === undefined ? {} : { body }) }),
    setWindow: async (tokens) => {
      const model = { provider: 'gemini', model: 'gemini-3.8-flash', capabilities: { context_window: tokens } };
      const changed = await server.call('PATCH', '/api/v1/tenant', {
        token: person.token,
        body: { worker_config: { assistant: model } },
      });
      if (changed.status !== 200) throw new Error(`The window was not set: ${JSON.stringify(changed.body)}`);
    },
    fill: async (conversationId, count, textOf) => {
      for (let index = 0; index < count; index += 1)
        await bench.asOwner(
          `with added as (insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, created_at)
            select $2, c.tenant_id, c.id, c.user_id, $3, $4, c.head_id, clock_timestamp() from chat_sessions c where c.id = $1)
          update chat_sessions set head_id = $2 where id = $1`,
          [conversationId, createId('msg'), index % 2 === 0 ? 'user' : 'assistant', textOf(index)],
        );
    },
    open: (path, { body, lastEventId, who = person } = {}) =>
      openStream(`${server.url}/api/v1${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: {
          authorization: `Bearer ${who.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
        },
      }),
  };
}

async function openStream(url: string, request: RequestInit): Promise<OpenStream> {
  const controller = new AbortController();
  const response = await fetch(url, { ...request, signal: controller.signal });
  const frames = framesOf(response);
  return {
    status: response.status,
    headers: response.headers,
    frames,
    until: async (matches) => {
      const read: Frame[] = [];
      for (;;) {
        const { done, value } = await frames.next();
        if (done) return read;
        read.push(value);
        if (matches(value)) return read;
      }
    },
    close: () => controller.abort(),
  };
}

async function* framesOf(response: Response): AsyncIterableIterator<Frame> {
  if (response.body === null) return;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const field = (name: string) =>
        part
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const [id, event, data] = [field('id'), field('event'), field('data')];
      if (event !== undefined)
        yield { id: id === undefined ? undefined : Number(id), event, data: JSON.parse(data ?? '{}') };
    }
  }
}

/** The text of an answer as a reader of tokens sees it, whose pieces must fit together without a gap. */
export function textOf(frames: readonly Frame[]): string {
  let text: string[] = [];
  let turn = -1;
  const turns: string[] = [];
  for (const { event, data } of frames) {
    if (event !== 'token') continue;
    if (data.turn !== turn) {
      if (turn >= 0) turns.push(text.join(''));
      text = [];
      turn = data.turn;
    }
    if (data.at > text.length) throw new Error(`A piece is missing before ${data.at} of turn ${data.turn}`);
    text.length = data.at;
    text.push(...data.content);
  }
  return [...turns, text.join('')].join('\n\n');
}
