// A small healthy service: JSON in memory, a timer's wait, no work worth the name.
const { createServer } = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');

// A heavy start-up loads a module for each of hundreds of files, as a large service does.
const modules = process.argv[2] === undefined ? [] : require(process.argv[2]);
const products = Array.from({ length: 200 }, (_, id) => ({ id, name: `Product ${id}`, cents: id * 99 }));

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  await sleep(2);
  const page = products.slice(0, Number(url.searchParams.get('limit') ?? 50));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ modules: modules.length, page }));
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
