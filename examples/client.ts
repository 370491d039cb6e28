import { EventSourceParserStream } from 'eventsource-parser/stream';
import createClient from 'openapi-fetch';
import type { paths } from '../web/api/api.generated.d.ts';

/** What the examples share: signing in, and the events of a run. */

export const SERVER = process.env.APEXFLOW_URL ?? 'http://localhost:8080';

/** A client that is signed in. Paths, parameters, bodies and answers are checked by the compiler. */
export type Client = Awaited<ReturnType<typeof signUp>>['client'];

/** Returns a client that sends an access token or an API key with each request. */
export function clientWith(token: string) {
  return createClient<paths>({ baseUrl: SERVER, headers: { authorization: `Bearer ${token}` } });
}

/** Signs up a new account with a tenant of its own, or signs in to the account of APEXFLOW_EMAIL. */
export async function signUp(name: string) {
  const anonymous = createClient<paths>({ baseUrl: SERVER });
  const { APEXFLOW_EMAIL: email, APEXFLOW_PASSWORD: password } = process.env;
  const session =
    email !== undefined && password !== undefined
      ? resultOf(await anonymous.POST('/api/v1/auth/login', { body: { email, password } }))
      : resultOf(
          await anonymous.POST('/api/v1/auth/register', {
            body: { email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID(), display_name: name },
          }),
        );
  return { client: clientWith(session.access_token), token: session.access_token, user: session.user };
}

/** Returns the body of a successful answer. Errors are problem+json; `detail` is a sentence for people. */
export function resultOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data !== undefined) return answer.data;
  const { detail } = (answer.error ?? {}) as { detail?: string };
  throw new Error(`${answer.response.status} ${new URL(answer.response.url).pathname}: ${detail ?? 'no answer'}`);
}

export interface RunEvent {
  type: string;
  source: string;
  message: string;
  data: Record<string, unknown>;
}

/**
 * Yields the recorded events of a run as they happen, from its first one until the run ends. When the connection drops,
 * the next one resumes after the last event that arrived (`Last-Event-ID`, as in the WHATWG standard for server-sent
 * events), so no event is missed or repeated.
 */
export async function* eventsOf(token: string, runId: string): AsyncGenerator<RunEvent> {
  let lastEventId = '';
  for (;;) {
    const response = await fetch(`${SERVER}/api/v1/runs/${runId}/events`, {
      headers: { authorization: `Bearer ${token}`, ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) },
    });
    if (!response.ok || response.body === null) throw new Error(`The events answer ${response.status}`);
    const frames = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    try {
      for await (const { id, data, event } of frames) {
        // Deltas of a text that is being written carry no id; its whole text follows as an event.
        if (id === undefined) continue;
        lastEventId = id;
        yield JSON.parse(data) as RunEvent;
        if (/^run_(completed|failed|cancelled|cost_exceeded)$/.test(event ?? '')) return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
