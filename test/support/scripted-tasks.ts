import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/** A server that speaks Cloud Tasks' REST API as far as our adapter uses it: creating named tasks. The real client talks to it. */
export interface ScriptedTasks {
  port: number;
  /** Each created task, as it came over the wire, in order. */
  created: CreatedTask[];
  /** Each call's path, those that failed as well. */
  calls: string[];
  /** Next calls are answered with this error. */
  failWith: { code: number; status: string } | undefined;
  close(): Promise<void>;
}

const CreatedTask = z.object({
  name: z.string(),
  scheduleTime: z.string().optional(),
  dispatchDeadline: z.string(),
  httpRequest: z.object({
    url: z.string(),
    httpMethod: z.union([z.string(), z.number()]),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    oidcToken: z.object({ serviceAccountEmail: z.string(), audience: z.string() }),
  }),
});
export type CreatedTask = z.infer<typeof CreatedTask>;

export async function startScriptedTasks(): Promise<ScriptedTasks> {
  const server = await startHttpServer((request, response) => void answer(state, request, response));
  const state: ScriptedTasks = {
    port: server.port,
    created: [],
    calls: [],
    failWith: undefined,
    close: server.close,
  };
  return state;
}

async function answer(state: ScriptedTasks, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = String(await readBody(request));
  state.calls.push(`${request.method} ${request.url?.split('?')[0]}`);
  if (state.failWith !== undefined) {
    sendError(response, state.failWith.code, state.failWith.status);
    return;
  }
  const { task } = z.object({ task: CreatedTask }).parse(JSON.parse(text));
  // A name stays taken for about an hour after its task has run; here, for good.
  if (state.created.some(({ name }) => name === task.name)) {
    sendError(response, 409, 'ALREADY_EXISTS');
    return;
  }
  state.created.push(task);
  sendJson(response, 200, { name: task.name });
}

function sendError(response: ServerResponse, code: number, status: string): void {
  sendJson(response, code, { error: { code, status, message: `scripted ${status}` } });
}
