import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { http as registerHttp } from '@google-cloud/functions-framework';
import { discoverFunction } from '../discover.ts';
import { environment } from '../environment.ts';
import { createFunctionServer } from './listener.ts';
import { withProbe } from './probe.ts';

/**
 * The Functions Framework's way to serve a function:
 * `npx functions-framework --source=dist/functions/platform/framework.js --target=runs-start-sprint`.
 *
 * The framework inflates and parses bodies of up to 1 GB before a function sees them, and answers bad JSON with a page of HTML. So its server is
 * made behind our listener, and it is not told the body's type: what it does not know it leaves unread, and our code reads it under our limits.
 */

function targetName(): string {
  const argument = process.argv.findIndex((text) => text === '--target' || text.startsWith('--target='));
  const name = process.argv[argument]?.split('=')[1] ?? (argument < 0 ? undefined : process.argv[argument + 1]);
  const target = name ?? environment.FUNCTION_TARGET;
  if (target === undefined) throw new Error('--target is missing: which function is to be served?');
  return target;
}

const target = await discoverFunction(targetName());
const contentTypes = new WeakMap<IncomingMessage, string>();

registerHttp(target.name, (request, response) => {
  const type = contentTypes.get(request);
  if (type !== undefined) request.headers['content-type'] = type;
  return target.handle(request, response);
});

// This module is loaded before the framework makes its server, by `http.createServer(app)`.
const guarded = (app: RequestListener) =>
  createFunctionServer(
    withProbe([
      {
        ...target,
        handle: async (request: IncomingMessage, response: ServerResponse) => {
          const type = request.headers['content-type'];
          if (type !== undefined) contentTypes.set(request, type);
          delete request.headers['content-type'];
          app(request, response);
        },
      },
    ]),
  );
Object.assign(http, { createServer: guarded });
