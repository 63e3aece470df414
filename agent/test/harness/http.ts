import { type OutgoingHttpHeaders, request } from 'node:http';

/** What a request was answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Time until the whole body was there. Unit: ms. */
  readonly tookMs: number;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** One request on a connection of its own, with headers that fetch() would not send, such as Host. */
export function call(url: string, { method = 'GET', headers = {} }: CallOptions = {}): Promise<Answer> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          tookMs: performance.now() - startedMs,
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Body of a 2xx answer as JSON. */
export async function getJson<Body>(url: string, options?: CallOptions): Promise<Body> {
  const { status, body } = await call(url, options);
  if (status >= 300) throw new Error(`${url} answered ${status}: ${body}`);
  return JSON.parse(body) as Body;
}

/** Sum of all series of a metric in Prometheus text whose labels hold `labels`; null when there is none. */
export function sumOf(text: string, metric: string, labels = ''): number | null {
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => line.includes(labels))
    .map((line) => Number(line.slice(line.lastIndexOf(' '))));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
