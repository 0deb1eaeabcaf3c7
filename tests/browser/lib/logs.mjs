// What the functions of the stack have logged, read from CloudWatch Logs as an operator reads it.

import { createHash, createHmac } from 'node:crypto';
import { request } from './server.mjs';

const hex = (text) => createHash('sha256').update(text).digest('hex');
const mac = (key, text) => createHmac('sha256', key).update(text).digest();

/** One call of CloudWatch Logs, signed with Signature Version 4. */
async function call(operation, input) {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = process.env;
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  const body = JSON.stringify(input);
  const time = `${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}Z`;
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: new URL(endpoint).host,
    'x-amz-date': time,
    'x-amz-target': `Logs_20140328.${operation}`,
  };
  const signed = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), signed, hex(body)].join('\n');
  const scope = [time.slice(0, 8), region, 'logs', 'aws4_request'];
  const key = scope.reduce(mac, `AWS4${secret}`);
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hex(canonical)].join('\n');
  const signature = mac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`;
  const answer = await request(`${endpoint}/`, { headers: { ...headers, authorization }, body });
  if (answer.status !== 200) throw new Error(`${operation} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

/** Every line of every function since `startTime`, in milliseconds. */
export async function functionLogs(startTime) {
  const { logGroups } = await call('DescribeLogGroups', { logGroupNamePrefix: `/symbolon/${process.env.SYMBOLON_STACK}/` });
  const messages = [];
  for (const { logGroupName } of logGroups) {
    let nextToken;
    do {
      const page = await call('FilterLogEvents', { logGroupName, startTime, nextToken });
      messages.push(...page.events.map(({ message }) => message));
      nextToken = page.nextToken;
    } while (nextToken);
  }
  if (messages.length === 0) throw new Error('the functions have logged nothing');
  return messages.join('\n');
}
