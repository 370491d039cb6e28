import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { markerOf } from '../../../functions/platform/models/guard-answer.ts';
import { streamEvents } from '../../../functions/runs/events/follow-run.ts';
import { planFor, smallApp } from '../../support/team-script.ts';
import { numbersOf, oneTo, openBench, type RunBench, waitFor } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

interface Frame {
  id: string | undefined;
  event: string | undefined;
  data: string;
}

/** Reads the frames of a stream, as the HTML Living Standard defines them, until its end or until `until` is true. */
async function read(
  id: string,
  options: { lastEventId?: number; token?: string; until?: (frames: Frame[]) => boolean } = {},
) {
  const controller = new AbortController();
  const response = await fetch(`${bench.server.url}/api/v1/runs/${id}/events`, {
    signal: controller.signal,
    headers: {
      authorization: `Bearer ${options.token ?? bench.person.token}`,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': String(options.lastEventId) }),
    },
  });
  const frames: Frame[] = [];
  if (response.status !== 200 || response.body === null)
    return { status: response.status, headers: response.headers, frames, ended: true };
  let text = '';
  let ended = true;
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    frames.push(...parts.map(parse).filter(({ data }) => data !== ''));
    if (options.until?.(frames)) {
      ended = false;
      break;
    }
  }
  controller.abort();
  return { status: response.status, headers: response.headers, frames, ended };
}

function parse(part: string): Frame {
  const field = (name: string) =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  return { id: field('id'), event: field('event'), data: field('data') ?? '' };
}

const eventsOf = (frames: Frame[]) => frames.filter(({ event }) => event !== 'delta');

describe('the stream of a run', () => {
  it('sends every event once with gapless ids, text deltas without an id before their turn, and ends with the run', async () => {
    const long = 'A long answer that comes in many small pieces. '.repeat(20);
    const listening = Promise.withResolvers<void>();
    // Deltas are not stored, so the model waits until the stream is open.
    let id = '';
    // The live text is masked as the recorded one is, and the small pieces cut the marker.
    const answer = () => ({ text: `${long}${markerOf(id)}!`, chunkDelayMs: 5, toolCalls: planTools });
    bench.team.perform({ ...smallApp(30), plan: [() => listening.promise.then(answer), { text: 'The plan stands.' }] });
    id = await bench.start();
    const stream = await read(id, { until: () => void listening.resolve() === null });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.headers.get('x-accel-buffering')).toBe('no');
    expect(stream.ended).toBe(true);
    const events = eventsOf(stream.frames);
    const logs = await bench.logs(id);
    expect(events.map((frame) => Number(frame.id))).toEqual(oneTo(logs.length));
    expect(events.map((frame) => JSON.parse(frame.data))).toEqual(logs);
    expect(events.map(({ event }) => event)).toEqual(logs.map(({ type }) => type));
    const deltas = stream.frames.filter(({ event }) => event === 'delta');
    expect(deltas.every((frame) => frame.id === undefined)).toBe(true);
    const written = deltas
      .map((frame) => JSON.parse(frame.data))
      .filter((delta) => delta.node === 'plan' && delta.turn === 0)
      .map((delta) => delta.text);
    expect(written.length).toBeGreaterThan(1);
    expect(written.join('')).toBe(`${long}[removed]!`);
    const firstDelta = stream.frames.findIndex(({ event }) => event === 'delta');
    const firstTurn = stream.frames.findIndex(({ event }) => event === 'turn_completed');
    expect(firstDelta).toBeLessThan(firstTurn);
  });

  it('resumes thirty times at random points without losing or repeating an event', async () => {
    bench.team.perform(smallApp(40));
    const id = await bench.start();
    const seen: number[] = [];
    let ended = false;
    let broken = 0;
    while (!ended) {
      const most = broken < 30 ? Math.floor(Math.random() * 2) : Number.POSITIVE_INFINITY;
      const stream = await read(id, {
        lastEventId: seen.at(-1) ?? 0,
        until: (frames) => eventsOf(frames).length > most,
      });
      const ids = eventsOf(stream.frames).map((frame) => Number(frame.id));
      // Events after the cut were not received, as when a connection is lost.
      seen.push(...(stream.ended ? ids : ids.slice(0, most)));
      ended = stream.ended;
      broken += stream.ended ? 0 : 1;
    }
    expect(broken).toBeGreaterThanOrEqual(30);
    expect(seen).toEqual(numbersOf(await bench.logs(id)));
  });

  it('sends exactly the remaining events of a finished run, and none after the last id', async () => {
    const { id } = await bench.play(smallApp());
    const logs = await bench.logs(id);
    for (const after of [0, 1, 7, logs.length - 1]) {
      const { frames } = await read(id, { lastEventId: after });
      expect(frames.map((frame) => Number(frame.id))).toEqual(oneTo(logs.length).slice(after));
    }
    const rest = await read(id, { lastEventId: logs.length });
    expect(rest).toMatchObject({ status: 200, frames: [], ended: true });
    // No stream can have sent it, so the client would wait for ever.
    expect((await read(id, { lastEventId: logs.length + 1 })).status).toBe(400);
    const future = await bench.server.call('GET', `/api/v1/runs/${id}/events?last_event_id=${logs.length + 1}`, {
      token: bench.person.token,
    });
    expect(future).toMatchObject({ status: 400, body: { type: 'urn:apexflow:problem:malformed-request' } });
    const token = bench.person.token;
    const { body } = await bench.server.call('GET', `/api/v1/runs/${id}/events?last_event_id=${logs.length}`, {
      token,
    });
    expect(body, 'the stream ends before its first heartbeat').toBe('retry: 1000\n\n');
    const byQuery = await bench.server.call('GET', `/api/v1/runs/${id}/events?last_event_id=${logs.length - 1}`, {
      token: bench.person.token,
    });
    expect(byQuery.body).toContain(`id: ${logs.length}\n`);
    expect(byQuery.body).not.toContain(`id: ${logs.length - 1}\n`);
  });

  it('ends when the run is cancelled', async () => {
    bench.team.perform({ plan: [{ text: 'I think', silentAfter: 1 }] });
    const id = await bench.start();
    const stream = read(id);
    await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
    await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
    expect(eventsOf((await stream).frames).at(-1)?.event).toBe('run_cancelled');
  });

  it('answers 401 without a token, 404 for another tenant and an unknown run, 422 for a malformed id or Last-Event-ID', async () => {
    const { id } = await bench.play({ plan: planFor('backend') });
    const stranger = await bench.server.signUp();
    expect((await read(id, { token: stranger.token })).status).toBe(404);
    expect((await bench.server.call('GET', `/api/v1/runs/${id}/events`)).status).toBe(401);
    expect(
      (
        await bench.server.call('GET', '/api/v1/runs/run_01m7xsw2ytfvevzpeynpa31r7v/events', {
          token: bench.person.token,
        })
      ).status,
    ).toBe(404);
    expect((await bench.server.call('GET', '/api/v1/runs/nonsense/events', { token: bench.person.token })).status).toBe(
      422,
    );
    for (const wrong of ['-1', 'x', '1e3', '99999999999999999999']) {
      expect(
        (
          await bench.server.call('GET', `/api/v1/runs/${id}/events`, {
            token: bench.person.token,
            headers: { 'last-event-id': wrong },
          })
        ).status,
      ).toBe(422);
    }
  });

  it('sends the same events to ten concurrent readers', async () => {
    bench.team.perform(smallApp(30));
    const id = await bench.start();
    const streams = await Promise.all(oneTo(10).map(() => read(id)));
    const logs = numbersOf(await bench.logs(id));
    for (const { frames } of streams) expect(eventsOf(frames).map((frame) => Number(frame.id))).toEqual(logs);
  });
});

it('sends heartbeats while a run is silent, so that no proxy cuts the stream', async () => {
  bench.team.perform({ plan: [{ text: 'I think', silentAfter: 0 }] });
  const id = await bench.start();
  await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
  const database = await openDatabase();
  const stop = new AbortController();
  const read = database.as({ kind: 'tenant', tenantId: bench.person.tenantId });
  const stream = streamEvents({
    database,
    read,
    runId: id,
    after: 0,
    signal: stop.signal,
    heartbeatMs: 200,
    pollMs: 50,
  });
  const pieces: string[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
    if (pieces.filter((text) => text.startsWith(':')).length === 3) stop.abort();
  }
  expect(pieces[0]).toBe('retry: 1000\n\n');
  expect(pieces.slice(-3)).toEqual(Array(3).fill(': still here\n\n'));
  await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
});

it('sends an event when it happens, before the next poll', async () => {
  bench.team.perform({ plan: [{ text: 'I think', silentAfter: 0 }] });
  const id = await bench.start();
  await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
  const database = await openDatabase();
  const stop = new AbortController();
  const read = database.as({ kind: 'tenant', tenantId: bench.person.tenantId });
  const pollMs = 3_600_000;
  const stream = streamEvents({ database, read, runId: id, after: 0, signal: stop.signal, heartbeatMs: 0, pollMs });
  let text = '';
  for await (const piece of stream) {
    text += piece;
    // The comment tells that the stream has sent all and goes to wait.
    if (piece.startsWith(':'))
      await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
  }
  expect(text).toContain('event: run_cancelled');
});

const planTools = planFor('backend', 'frontend').flatMap((line) =>
  typeof line === 'object' && 'toolCalls' in line ? (line.toolCalls ?? []) : [],
);
