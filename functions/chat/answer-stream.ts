import { followAnswer } from './follow-answer.ts';

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * Yields an answer in the format of Server-Sent Events (HTML Living Standard): `event`, `data`, and `id` for numbers.
 */
export async function* answerStream(answer: Parameters<typeof followAnswer>[0]): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  let silentSince = Date.now();
  for await (const event of followAnswer(answer)) {
    if (event === undefined && Date.now() - silentSince < HEARTBEAT_MS) continue;
    silentSince = Date.now();
    if (event === undefined) yield ': still here\n\n';
    else {
      const id = 'seq' in event ? `id: ${event.seq}\n` : '';
      yield `${id}event: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
    }
  }
}
