import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { BrowserContext, Route } from 'playwright-core';
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

/** Answers requests of the API from a recording, or adds them to it. A stream stays silent. */
export async function useRecording(context: BrowserContext, recording: Recording): Promise<void> {
  await context.route('**/api/v1/**', async (route) => {
    if (route.request().url().endsWith('/events')) return;
    await (isRecording ? record(route, recording) : replay(route, recording));
  });
}

async function record(route: Route, { answers }: Recording): Promise<void> {
  const answer = await route.fetch();
  const text = await answer.text();
  const body: unknown = text === '' ? null : JSON.parse(text, withoutSecrets);
  answers[keyOf(route)] = { status: answer.status(), body };
  await route.fulfill({ response: answer });
}

async function replay(route: Route, { answers }: Recording): Promise<void> {
  const answer = answers[keyOf(route)];
  // The watch of the test reports this status with its path.
  if (answer === undefined)
    return route.fulfill({ status: 599, json: { title: `No recorded answer: ${keyOf(route)}` } });
  await route.fulfill({ status: answer.status, ...(answer.body === null ? {} : { json: answer.body }) });
}

function keyOf(route: Route): string {
  const request = route.request();
  const { pathname, search } = new URL(request.url());
  return `${request.method()} ${pathname}${search} ${request.postData() ?? ''}`.trim();
}

/** Access tokens of the recording server are of no use to anybody, and look like secrets to a scanner. */
function withoutSecrets(name: string, value: unknown): unknown {
  return name === 'access_token' ? 'recorded' : value;
}
