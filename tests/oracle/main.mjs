// oidc-provider in the place of Symbolon, for as many worlds as a run of the suites asks for.
//
// Says on one line which port takes orders: `POST /worlds {data, configuration}` answers with the port of a new world,
// `PUT /worlds/PORT {configuration}` changes what its operator wrote. Ends when its standard input does.
import { createServer } from 'node:http';
import { run } from './clock.mjs';
import { World } from './world.mjs';

const worlds = new Map();

const orders = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify({ port: await configured(request) }));
  } catch (error) {
    response.writeHead(400).end(JSON.stringify({ error: String(error) }));
  }
});

async function configured(request) {
  const { data, configuration } = JSON.parse(Buffer.concat(await request.toArray()));
  const world = worlds.get(Number(request.url.split('/')[2])) ?? new World(data);
  const port = await run(world.clock, () => world.configure(configuration));
  worlds.set(port, world);
  return port;
}

orders.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${orders.address().port}`));
process.stdin.resume().on('end', () => process.exit());
