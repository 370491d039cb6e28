import { environment } from '../environment.ts';

let localGateway: string | undefined;

/** Sets the URL of this process's own functions. The local gateway calls it when it listens. */
export function useLocalGateway(url: string): void {
  localGateway = url;
}

/** Returns the URL of this process's own functions, or undefined when no gateway runs here. */
export function localGatewayUrl(): string | undefined {
  return localGateway;
}

/** Returns the origin under which this process reaches the API as any client does. @throws Error when none is known */
export function apiOrigin(): string {
  const url = localGateway ?? environment.PUBLIC_URL;
  if (url === undefined) throw new Error('The API cannot be called: no gateway runs and PUBLIC_URL is not set');
  return new URL(url).origin;
}

/** Returns the origin that clients know. Never taken from the headers of a request. @throws Error when none is known */
export function publicOrigin(): string {
  return environment.PUBLIC_URL === undefined ? apiOrigin() : new URL(environment.PUBLIC_URL).origin;
}
