// One port in front of several servers, as DNS is in front of them elsewhere: a request goes by its Host.

import { once } from 'node:events';
import http from 'node:http';

/**
 * Opens a port. `portOf(host)` says where on loopback a host without its port is served. Requests and answers pass as
 * they are, their Host with this port included: issuers are told apart by it.
 */
export async function openGate(portOf) {
  const gate = http.createServer((request, response) => {
    const unreachable = (error) => {
      if (!response.headersSent) response.writeHead(502);
      response.end(error.message);
    };
    const call = http.request({
      host: '127.0.0.1',
      port: portOf((request.headers.host ?? '').split(':')[0]),
      method: request.method,
      path: request.url,
      headers: request.rawHeaders,
      setHost: false,
    });
    call.on('error', unreachable);
    call.on('response', (answer) => {
      answer.on('error', unreachable);
      response.sendDate = false;
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    // A browser that goes away waits for no answer.
    response.on('close', () => call.destroy());
    request.pipe(call);
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  return {
    port: gate.address().port,
    close: () => {
      gate.closeAllConnections();
      return new Promise((done) => gate.close(done));
    },
  };
}
