import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { freePort } from '../../support/free-port.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';
import type { BenchDatabase } from '../database.ts';
import { quantile, rounded } from '../figures.ts';
import { startServer } from '../peer.ts';

/**
 * Measures how much later the first token of a chat answer comes than the first token of the model itself: sending,
 * storing, queueing, remembering, asking, publishing and streaming. Uses the API of an unchanged `npm start`. Each
 * answer is measured directly after a bare request to the same scripted model, so other programs of the machine affect
 * both.
 */

/** The most milliseconds between the model's first token and the client's, at the 95th percentile. */
export const FIRST_TOKEN_AIM_MS = 30;
const THINKING_MS = 50;
const WARM_UP = 15;
const ANSWERS = 60;
/** Messages of a conversation; then a new one begins. */
const MESSAGES = 15;

export type FirstTokenResult = Awaited<ReturnType<typeof measureFirstToken>>;

export async function measureFirstToken(database: BenchDatabase, home: string) {
  const gemini = await startScriptedGemini({
    answer: () => ({ text: 'This is an answer of several pieces.', delayMs: THINKING_MS }),
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    [fileURLToPath(new URL('../../../scripts/run-local.ts', import.meta.url))],
    {
      DATABASE_URL: database.url,
      APEXFLOW_HOME: home,
      LISTEN_ADDRESS: '127.0.0.1',
      PORT: String(port),
      CONSOLE: 'off',
      GEMINI_API_KEY: 'a-key-of-the-bench',
      GOOGLE_GEMINI_BASE_URL: gemini.url,
      LOG_LEVEL: 'error',
      NODE_ENV: 'production',
      RATE_LIMIT_PER_MINUTE: '100000',
    },
    `${url}/health`,
  );
  try {
    const token = await signUp(url);
    const [bare, whole]: [number[], number[]] = [[], []];
    let conversation: string | undefined;
    for (let answer = 0; answer < WARM_UP + ANSWERS; answer += 1) {
      if (answer % MESSAGES === 0) conversation = undefined;
      const alone = await timeModel(gemini.url);
      const sent = await timeAnswer(url, token, conversation);
      conversation = sent.conversation;
      if (answer < WARM_UP) continue;
      bare.push(alone);
      whole.push(sent.firstTokenMs);
    }
    const overheads = whole.map((time, index) => time - (bare[index] ?? 0));
    return {
      aim_ms: FIRST_TOKEN_AIM_MS,
      answers: ANSWERS,
      model_ms: rounded(quantile(bare, 0.5), 1),
      first_token_ms: rounded(quantile(whole, 0.5), 1),
      overhead_p50_ms: rounded(quantile(overheads, 0.5), 1),
      overhead_p95_ms: rounded(quantile(overheads, 0.95), 1),
    };
  } finally {
    await server.stop();
    await gemini.close();
  }
}

async function signUp(url: string): Promise<string> {
  const body = { email: 'chat@example.com', password: 'correct-horse-battery', display_name: 'Chat' };
  const response = await fetch(`${url}/api/v1/auth/register`, post(body));
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

const post = (body: object, token?: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  body: JSON.stringify(body),
});

/** Returns the time until the first piece of a bare request to the model. */
async function timeModel(url: string): Promise<number> {
  const startedAt = performance.now();
  const body = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] };
  const response = await fetch(`${url}/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse`, {
    ...post(body),
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'a-key-of-the-bench' },
  });
  const { firstAt } = await readWhole(response, '"text"');
  return firstAt - startedAt;
}

async function timeAnswer(
  url: string,
  token: string,
  conversation: string | undefined,
): Promise<{ firstTokenMs: number; conversation: string }> {
  const startedAt = performance.now();
  const body = { message: 'Tell me something short.', ...(conversation ? { conversation_id: conversation } : {}) };
  const response = await fetch(`${url}/api/v1/chat/message`, post(body, token));
  const { firstAt, text } = await readWhole(response, 'event: token');
  const id = /"conversation_id":"(chat_\w+)"/.exec(text)?.[1];
  if (id === undefined) throw new Error(`The message was answered ${response.status}: ${text.slice(0, 300)}`);
  return { firstTokenMs: firstAt - startedAt, conversation: id };
}

/** Reads a stream to its end, and tells when it first contained these words. */
async function readWhole(response: Response, words: string): Promise<{ firstAt: number; text: string }> {
  let text = '';
  let firstAt = Number.NaN;
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (Number.isNaN(firstAt) && text.includes(words)) firstAt = performance.now();
  }
  return { firstAt, text };
}
