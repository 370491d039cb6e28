import { shallowRef } from 'vue';
import type { paths } from './api.generated.d.ts';
import { ApiError, errorOf } from './problem.ts';
import { learnClock } from './server-clock.ts';

/**
 * The sign-in of this browser. The refresh token is in a cookie that no script can read; the access token is in this
 * module's memory and nowhere else. One tab at a time refreshes (a Web Lock), and all tabs hear of signing in and out
 * (a BroadcastChannel).
 */

type Answer = paths['/api/v1/auth/login']['post']['responses'][200]['content']['application/json'];
type Credentials = paths['/api/v1/auth/login']['post']['requestBody']['content']['application/json'];
type Registration = paths['/api/v1/auth/register']['post']['requestBody']['content']['application/json'];
export type User = Answer['user'];

export type Session =
  /** Before the first answer of the server. */
  | { kind: 'starting' }
  /** The server does not answer. The console asks again by itself. */
  | { kind: 'unreachable' }
  /** Opened over http from another host: the browser gives no Web Locks, and the server gives no cookie. */
  | { kind: 'insecure' }
  | { kind: 'signed-in'; user: User }
  /** `why` is shown on the page for signing in. */
  | { kind: 'signed-out'; why: 'never' | 'expired' | 'elsewhere' | 'here' };

export const session = shallowRef<Session>({ kind: 'starting' });

/** A token that has less time left is refreshed before a call. */
const LEAST_LIFETIME_MS = 30_000;
const LOCK = 'apexflow-session';
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

let token: { value: string; expiresAt: number } | undefined;
let refreshing: Promise<boolean> | undefined;
const tabs = new BroadcastChannel(LOCK);
tabs.addEventListener('message', ({ data }) => hear(data));

/** Asks the server for a session until it answers. `onAsked` is called once, when the first question is on its way. */
export async function startSession(onAsked: () => void): Promise<void> {
  if (!isSecureContext) {
    session.value = { kind: 'insecure' };
    onAsked();
    return;
  }
  let tell: (() => void) | undefined = onAsked;
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
    try {
      await refresh(tell);
      return;
    } catch {
      tell = undefined;
      session.value = { kind: 'unreachable' };
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** @throws ApiError with the problem that the form shows */
export async function signIn(credentials: Credentials): Promise<void> {
  enter(await open('/api/v1/auth/login', credentials));
}

/** Creates an account and signs it in. @throws ApiError with the problem that the form shows */
export async function register(registration: Registration): Promise<void> {
  enter(await open('/api/v1/auth/register', registration));
}

/** Signs the user out everywhere: in all tabs, browsers and programs. @throws ApiError when the server did not do it */
export async function signOut(): Promise<void> {
  const response = await authorizedFetch(new Request('/api/v1/auth/logout', { method: 'POST', headers: CONSOLE }));
  if (!response.ok && response.status !== 401) throw await errorOf(response);
  leave('here');
  tabs.postMessage({ kind: 'signed-out' });
}

/** Changes what the shell shows of the user after the profile was changed. */
export function updateUser(change: Partial<Pick<User, 'display_name'>>): void {
  if (session.value.kind === 'signed-in')
    session.value = { kind: 'signed-in', user: { ...session.value.user, ...change } };
}

/**
 * Sends a request with the access token. Refreshes the token when it is about to expire or when the server refuses it,
 * and then repeats the request once. Answers the 401 and ends the session when the server refuses the refresh. After a
 * 403 the user is read again, because an admin may have changed the role.
 * @throws TypeError when the server cannot be reached, as `fetch` does
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  if (token === undefined || token.expiresAt - Date.now() < LEAST_LIFETIME_MS) await refresh();
  const first = await fetch(authorized(request.clone()));
  learnClock(first);
  if (first.status === 403) void refresh().catch(() => undefined);
  if (first.status !== 401) return first;
  return (await refresh()) ? fetch(authorized(request)) : first;
}

/** Tells the two functions that answer with a cookie that the console asks. Another site cannot send this header. */
const CONSOLE = { 'X-ApexFlow-Console': '1' };

function authorized(request: Request): Request {
  if (token !== undefined) request.headers.set('Authorization', `Bearer ${token.value}`);
  return request;
}

/** Returns whether the user is signed in. @throws ApiError when the server does not answer */
function refresh(onAsked?: () => void): Promise<boolean> {
  refreshing ??= navigator.locks
    .request(LOCK, () => exchange(onAsked))
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

async function exchange(onAsked?: () => void): Promise<boolean> {
  try {
    const asked = open('/api/v1/auth/refresh', {});
    onAsked?.();
    const answer = await asked;
    if (answer !== undefined) {
      keep(answer);
      return true;
    }
  } catch (error) {
    if (!(error instanceof ApiError) || error.isTemporary) throw error;
  }
  if (session.value.kind !== 'signed-out') leave(session.value.kind === 'signed-in' ? 'expired' : 'never');
  return false;
}

/** Returns undefined when there is no session to answer with. @throws ApiError */
async function open(path: string, body: object): Promise<Answer | undefined> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...CONSOLE },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiError(0, undefined);
  });
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? undefined : ((await response.json()) as Answer);
}

function keep(answer: Answer): void {
  token = { value: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 };
  const { user } = answer;
  if (session.value.kind === 'signed-in' && session.value.user.id !== user.id) location.reload();
  session.value = { kind: 'signed-in', user };
}

function enter(answer: Answer | undefined): void {
  if (answer === undefined) return;
  keep(answer);
  tabs.postMessage({ kind: 'signed-in', user: answer.user.id });
}

function leave(why: 'never' | 'expired' | 'elsewhere' | 'here'): void {
  token = undefined;
  session.value = { kind: 'signed-out', why };
}

function hear(message: { kind: 'signed-out' } | { kind: 'signed-in'; user: string }): void {
  if (message.kind === 'signed-out') leave('elsewhere');
  else if (session.value.kind === 'signed-out') void refresh().catch(() => undefined);
  else if (session.value.kind === 'signed-in' && session.value.user.id !== message.user) location.reload();
}
