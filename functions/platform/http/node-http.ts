/**
 * The values of `node:http`. Import them from here, and only types from `node:http`: an `import` of it reads all of its
 * properties, and the one named `WebSocket` loads undici and http2. That costs each cold start 36 ms of CPU time, a
 * quarter of it (Node 24, measured 2026-11-29).
 */
export const { Agent, createServer, IncomingMessage, request, ServerResponse } = process.getBuiltinModule('node:http');
