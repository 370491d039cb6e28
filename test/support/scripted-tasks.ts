import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody, sendJson, startHttpServer } from './scripted-server.ts';

/** The part of Cloud Tasks' REST API that the product uses: creating named tasks. */
export interface ScriptedTasks {
  port: number;
  /** Created tasks in order. */
  created: CreatedTask[];
  /** Method and path of each call, including failed calls. */
  calls: string[];
  /** When set, calls are answered with this error. */
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
  // Cloud Tasks reserves a name for about an hour after its task has run. Here it is reserved forever.
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
