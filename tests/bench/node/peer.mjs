// A certified OpenID provider as one Lambda function: oidc-provider with the AWS clients a deployment of it needs.
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
import Provider from 'oidc-provider';
import serverless from 'serverless-http';
import { MemoryAdapter } from './adapter.mjs';
import { run } from './runtime.mjs';

// Named where a bundler sees them, so that none is left out. Nothing is sent: the peer's first answer needs no network.
globalThis.clients = {
  store: [new DynamoDBClient({}), GetItemCommand, UpdateItemCommand],
  signer: [new KMSClient({}), SignCommand],
  sender: [new SNSClient({}), PublishCommand],
};

const provider = new Provider('https://auth.bench.example', {
  adapter: MemoryAdapter,
  clients: [
    {
      client_id: 'partner',
      client_secret: 'partner-bench-secret',
      redirect_uris: ['https://partner.example/callback'],
    },
  ],
  cookies: { keys: ['a-key-of-the-benchmark'] },
  features: { devInteractions: { enabled: false } },
  jwks: { keys: [JSON.parse(SIGNING_KEY)] },
});
provider.proxy = true;

await run(serverless(provider.callback()));
