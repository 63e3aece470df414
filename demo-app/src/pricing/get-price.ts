import http from 'node:http';
import { type Price, priceSchema } from './price.js';

/** Longest answer that is read. Unit: bytes. */
const answerLimitBytes = 10_000;

/** Asks for one price and reads the answer to its end, so that its socket is free for the next. */
export async function getPrice(url: URL, agent: http.Agent, signal: AbortSignal): Promise<Price> {
  return priceSchema.parse(JSON.parse(await getText(url, agent, signal)));
}

function getText(url: URL, agent: http.Agent, signal: AbortSignal): Promise<string> {
  const request = http.get(url, { agent, signal, headers: { Accept: 'application/json' } });
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > answerLimitBytes) request.destroy(new Error('the price is longer than 10 kB'));
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the pricing service answered ${response.statusCode}`));
      });
    });
  });
}
