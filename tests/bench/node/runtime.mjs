// The loop of a Lambda runtime: take an event, post the answer, over one connection that stays open.
//
// Amazon's own client does more before it asks for the first event, so this one flatters the peer.
import { Agent, request } from 'node:http';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(parts).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export async function run(handler) {
  for (;;) {
    const { headers, body } = await call('GET', 'invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    const answer = await handler(JSON.parse(body), {});
    await call('POST', `invocation/${id}/response`, JSON.stringify(answer));
  }
}
