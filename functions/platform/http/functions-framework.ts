import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { environment, requireCloudServices } from '../environment.ts';
import { createListener } from './listener.ts';
import * as http from './node-http.ts';
import { withProbe } from './probe.ts';
import type { ServedFunction } from './served-function.ts';

/**
 * Makes every declared function a function of Google's Functions Framework as well: `functions-framework
 * --source=dist/functions/runs/endpoints/start-sprint.js --target=runs-start-sprint`.
 *
 * The framework parses bodies before a function sees them: it inflates up to 1 GB and answers malformed JSON with an
 * HTML page. It has no option for this and no hook in front of its parsers. Node's diagnostics channel
 * `http.server.request.start` publishes each request before any listener sees it. There the content type is taken off
 * the request; the parsers skip a body without a type; our listener puts the type back and reads the body under the
 * limits that hold everywhere.
 */

/**
 * True in a process that the framework started, or that serve.ts starts with the framework
 * (`FUNCTION_SERVER=framework`).
 */
const IS_FRAMEWORK =
  environment.FUNCTION_SERVER === 'framework' ||
  /\bfunctions-framework(?:\/build\/src\/main(?:\.js)?)?$/.test(process.argv[1] ?? '');

const contentTypes = new WeakMap<IncomingMessage, string>();

/** Returns the declaration. Under the Functions Framework it is registered by its name, so that `--target` finds it. */
export function declareFunction(declaration: ServedFunction): ServedFunction {
  if (IS_FRAMEWORK) register(declaration);
  return declaration;
}

function register(declaration: ServedFunction): void {
  if (declaration.deployment.identity !== 'sandbox') requireCloudServices(environment);
  hideBodies();
  let listener: RequestListener | undefined;
  // The framework is loaded in this process already; other processes must not load it with every function.
  const framework: typeof import('@google-cloud/functions-framework') = createRequire(import.meta.url)(
    '@google-cloud/functions-framework',
  );
  framework.http(declaration.name, (request, response) => {
    const type = contentTypes.get(request);
    if (type !== undefined) request.headers['content-type'] = type;
    listener ??= createListener(withProbe([declaration]));
    return listener(request, response);
  });
}

let isHiding = false;

/** Takes the content type off every request before the framework's body parsers see it. */
function hideBodies(): void {
  if (isHiding) return;
  isHiding = true;
  subscribe('http.server.request.start', (message) => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return;
    const { request } = message;
    if (!(request instanceof http.IncomingMessage)) return;
    const type = request.headers['content-type'];
    if (type !== undefined) contentTypes.set(request, type);
    delete request.headers['content-type'];
    // Node's server has answered 100 Continue already, because the framework does not listen for checkContinue.
    delete request.headers.expect;
  });
}
