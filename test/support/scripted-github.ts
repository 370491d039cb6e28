import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { GitServer } from './git-server.ts';
import { readBody, sendJson } from './scripted-server.ts';

/**
 * The part of GitHub's REST API that the product uses, at the address of the git server, as a GitHub Enterprise server
 * has it. A created repository can be pushed to.
 */
export interface ScriptedGitHub {
  /** By `owner/name`. */
  repositories: Map<string, { description: string; private: boolean }>;
  requests: string[];
  login: string;
  /** The user's numeric id, name and public e-mail address. */
  user: { id: number; name: string | null; email: string | null };
  /** The answer to requests that create a repository, instead of a repository. */
  refuse: { status: number; body: object } | undefined;
  /** Breaks the connection before or after the repository is created. */
  cut: 'before' | 'after' | undefined;
  /** Called instead of answering. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

const Created = z.strictObject({
  name: z.string(),
  description: z.string(),
  private: z.literal(true),
  auto_init: z.literal(false),
});

/** Adds the API to a git server. */
export function scriptGitHub(server: GitServer): ScriptedGitHub {
  const state: ScriptedGitHub = {
    repositories: new Map(),
    requests: [],
    login: 'octo-person',
    user: { id: 583231, name: 'Octo Person', email: null },
    refuse: undefined,
    cut: undefined,
    instead: undefined,
  };
  server.before = async (request, response) => {
    if (!request.url?.startsWith('/api/v3/')) return false;
    await answer(state, server, request, response);
    return true;
  };
  return state;
}

async function answer(
  state: ScriptedGitHub,
  server: GitServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = String(await readBody(request));
  const path = (request.url ?? '').slice('/api/v3'.length);
  state.requests.push(`${request.method} ${path}`);
  if (state.instead) return state.instead(request, response);
  if (request.headers.authorization !== `Bearer ${server.token}`)
    return sendJson(response, 401, { message: 'Bad credentials' });
  if (path === '/user') return sendJson(response, 200, { login: state.login, ...state.user });
  const known = state.repositories.get(path.replace(/^\/repos\//, ''));
  if (request.method === 'GET')
    return known ? sendJson(response, 200, known) : sendJson(response, 404, { message: 'Not Found' });
  if (state.refuse) return sendJson(response, state.refuse.status, state.refuse.body);
  if (state.cut === 'before') return void request.socket.destroy();
  const { name, description } = Created.parse(JSON.parse(text));
  const owner = /^\/orgs\/([^/]+)\/repos$/.exec(path)?.[1] ?? state.login;
  if (state.repositories.has(`${owner}/${name}`))
    return sendJson(response, 422, {
      message: 'Repository creation failed.',
      errors: [{ message: 'name already exists on this account' }],
    });
  server.create(`${owner}/${name}`);
  state.repositories.set(`${owner}/${name}`, { description, private: true });
  if (state.cut === 'after') return void request.socket.destroy();
  sendJson(response, 201, { full_name: `${owner}/${name}`, private: true, description });
}
