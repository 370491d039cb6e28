/**
 * The sandbox's end of the proxy. A sandbox has a network of its own with nothing in it but its loopback; programs want a proxy at a host and a port, so a
 * small server inside hands every connection on to the Unix socket that is bound into the sandbox.
 */
export const EGRESS_SOCKET = '/run/egress.sock';
const PORT = 3128;
export const PROXY_URL = `http://127.0.0.1:${PORT}`;

/**
 * A program for `node -e`, and not a module: inside there is none of our files. It says `ready` on the descriptor once programs can connect. A command may
 * kill it, which closes the command's own network and nothing else.
 */
export function forwarderProgram(readyDescriptor: number): string {
  return `
    const { closeSync, writeSync } = require('node:fs');
    const { connect, createServer } = require('node:net');
    const tie = (one, other) => one.on('error', () => other.destroy()).on('close', () => other.destroy()).pipe(other);
    const server = createServer({ allowHalfOpen: true }, (inner) => {
      const outer = connect({ path: '${EGRESS_SOCKET}', allowHalfOpen: true });
      tie(inner, outer);
      tie(outer, inner);
    });
    server.listen(${PORT}, '127.0.0.1', () => {
      writeSync(${readyDescriptor}, 'ready\\n');
      closeSync(${readyDescriptor});
    });`;
}
