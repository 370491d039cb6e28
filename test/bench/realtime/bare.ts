import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** A bare server of `ws` that sends each message to all other clients: the example "Server broadcast" of its README. */
const server = createServer((_request, response) => response.end());
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('error', console.error);
  socket.on('message', (data) => {
    for (const client of sockets.clients)
      if (client !== socket && client.readyState === 1) client.send(data, { binary: false });
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
