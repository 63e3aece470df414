import { Agent, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { startAllocationSampling } from '../../src/sensors/allocation-sampling.js';
import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';

/** What sampling may add to the CPU of a request, as a share of it. */
const limitShare = 0.01;
/** A window is short, so that most hold no major collection, and of changing length, so that those that V8 makes now and then
 *  do not keep step with the windows. */
const requestsInWindow = { least: 15, most: 25 };
/** Requests before a window: to begin to sample and to stop it takes V8 some time, which is no cost of sampling all the time. */
const settlingRequests = 30;
const concurrency = 8;
const products = Array.from({ length: 40 }, (_, id) => ({
  id,
  name: `product ${id}`,
  tags: ['a', 'b', `${id}`],
}));

/** Answers as small services do: parses, changes and writes some twenty kilobytes, and allocates ten times that. */
function createService(): express.Express {
  const catalog = JSON.stringify(products);
  return express().get('/products/:page', (request, response) => {
    const page: typeof products = JSON.parse(catalog);
    response.json({
      page: request.params.page,
      items: page.map((product) => ({ ...product, title: product.name.toUpperCase(), seen: new Date() })),
    });
  });
}

export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const server = createService().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  try {
    const name = 'request to Express, with its client';
    tell(name);
    const cost = await compareWindows(name, quadruples, (on) => cpuOfRequest(server, agent, on));
    return [{ ...cost, limitNs: cost.baseNs! * limitShare }];
  } finally {
    agent.destroy();
    server.close();
  }
}

/** CPU of the whole process for one request in a window, V8's own threads included. Unit: ns. */
async function cpuOfRequest(server: Server, agent: Agent, sampled: boolean): Promise<number> {
  const sampling = sampled ? startAllocationSampling() : null;
  try {
    const { least, most } = requestsInWindow;
    const requests = least + Math.floor(Math.random() * (most - least + 1));
    await askAll(server, agent, settlingRequests);
    const before = process.cpuUsage();
    await askAll(server, agent, requests);
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1_000) / requests;
  } finally {
    sampling?.close();
  }
}

async function askAll(server: Server, agent: Agent, requests: number): Promise<void> {
  const { port } = server.address() as AddressInfo;
  let next = 0;
  const askInTurn = async (): Promise<void> => {
    while (next < requests) {
      next += 1;
      await ask(port, next, agent);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, askInTurn));
}

function ask(port: number, page: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: `/products/${page}`, agent }, (response) => {
      response.resume().once('end', resolve).once('error', reject);
    }).once('error', reject);
  });
}
