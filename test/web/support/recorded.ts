import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BrowserContext, Request, Route } from 'playwright-core';
import { z } from 'zod';

/**
 * Answers of the API for screenshots. They are recorded from a real server and replayed to every later run, so ids,
 * times and sums are the same: `RECORD_SCREENS=1 UPDATE_SCREENS=1 npm run test:web -- screens` records them anew.
 */
const FILE = join(import.meta.dirname, '../screens/answers.json.gz');

export const isRecording = Boolean(process.env.RECORD_SCREENS);

const Recording = z.object({
  /** The time of the pages. */
  at: z.string(),
  /** What the paths of the pages name, such as the id of a run. */
  names: z.record(z.string(), z.string()),
  answers: z.record(z.string(), z.object({ status: z.number(), body: z.unknown() })),
});
export type Recording = z.infer<typeof Recording>;

export function readRecording(): Recording {
  if (!existsSync(FILE)) return { at: new Date(0).toISOString(), names: {}, answers: {} };
  return Recording.parse(JSON.parse(gunzipSync(readFileSync(FILE)).toString()));
}

export function writeRecording(recording: Recording): void {
  writeFileSync(FILE, gzipSync(JSON.stringify(recording), { level: 9 }));
}

/** Answers requests of the API from a recording. A stream and the socket stay silent. */
export async function replayAnswers(context: BrowserContext, recording: Recording): Promise<void> {
  await context.route('**/api/v1/**', async (route) => {
    if (!route.request().url().endsWith('/events')) await replay(route, recording);
  });
  await silenceSocket(context);
}

/** Adds the answers of the API to a recording. */
export async function recordAnswers(context: BrowserContext, { answers }: Recording): Promise<void> {
  await context.route('**/api/v1/**', async (route) => {
    const request = route.request();
    if (request.url().endsWith('/events')) return;
    // What the browser adds to a request and Playwright does not.
    const headers = { ...(await request.allHeaders()), 'sec-fetch-site': 'same-origin' };
    const response = await route.fetch({ headers });
    const text = await response.text();
    const body: unknown = text === '' ? null : JSON.parse(text, withoutSecrets);
    answers[keyOf(request)] = { status: response.status(), body };
    // The page may have been left.
    await route.fulfill({ response }).catch(() => undefined);
  });
  await silenceSocket(context);
}

/** Who else looks at a page is in no recording: the socket opens, and says nothing. */
async function silenceSocket(context: BrowserContext): Promise<void> {
  const ticket = { ticket: `tkt_${'a'.repeat(43)}`, expires_at: new Date(0).toISOString() };
  await context.route('**/api/v1/realtime/tickets', (route) => route.fulfill({ status: 201, json: ticket }));
  await context.routeWebSocket('**/api/v1/ws', () => undefined);
}

async function replay(route: Route, { answers }: Recording): Promise<void> {
  const answer = answers[keyOf(route.request())];
  // The watch of the test reports this status with its path.
  if (answer === undefined)
    return route.fulfill({ status: 599, json: { title: `No recorded answer: ${keyOf(route.request())}` } });
  await route.fulfill({ status: answer.status, ...(answer.body === null ? {} : { json: answer.body }) });
}

function keyOf(request: Request): string {
  const { pathname, search: whole } = new URL(request.url());
  // What has changed is asked for each few seconds, from another moment each time.
  const search = pathname.endsWith('/runs/changes') ? '' : whole;
  return `${request.method()} ${pathname}${search} ${request.postData() ?? ''}`.trim();
}

/** Access tokens of the recording server are of no use to anybody, and look like secrets to a scanner. */
function withoutSecrets(name: string, value: unknown): unknown {
  return name === 'access_token' ? 'recorded' : value;
}
