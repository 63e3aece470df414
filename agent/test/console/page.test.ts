import assert from 'node:assert/strict';
import { accessSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startChild } from '../harness/child.js';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(exists);
const limitMs = 60_000;
const token = 'a-token-for-the-console-test';

const blockingProgram = `
  function crunch(ms) { const end = Date.now() + ms; while (Date.now() < end) Math.sqrt(end); }
  globalThis[Symbol.for('faultline.chaos.activeFaults')] = new Map([['export-all-blocking', Date.now()]]);
  setInterval(() => crunch(700), 3000);
`;

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Null, and the test skipped, where there is no browser. */
async function openBrowser(t: TestContext): Promise<Browser | null> {
  if (browserPath === undefined) {
    assert.notEqual(
      process.env.FAULTLINE_REQUIRE_BROWSER,
      '1',
      'chromium is required here and not installed',
    );
    t.skip('chromium is not installed');
    return null;
  }
  const args = [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  const browser = await chromium.launch({ executablePath: browserPath, args });
  t.after(() => browser.close());
  return browser;
}

async function open(browser: Browser, url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.setDefaultTimeout(limitMs);
  await page.goto(url);
  return { page, errors };
}

test('shows the verdict with its line, and that a drill is going on', async (t) => {
  const browser = await openBrowser(t);
  if (browser === null) return;
  const child = startChild(t, { program: blockingProgram });
  const { page, errors } = await open(browser, await child.url());
  await page.getByRole('heading', { name: /Event loop blocked \d+ ms in crunch/ }).waitFor();
  await page.getByText('Chaos drill: export-all-blocking injected on purpose.').waitFor();
  await page.getByText('event loop turning').waitFor();
  const text = await page.locator('article', { hasText: 'crunch' }).first().textContent();
  assert.match(text ?? '', /crunch \(program\.mjs:2:\d+\)/);
  assert.match(
    (await page.getByRole('link', { name: 'Runbook' }).first().getAttribute('href')) ?? '',
    /event-loop-stall\.md$/,
  );
  assert.deepEqual(errors, []);
});

test('lists the requests that run, with route and age', async (t) => {
  const browser = await openBrowser(t);
  if (browser === null) return;
  const program = `
    import { createServer } from 'node:http';
    const server = createServer((request) => { request.route = { path: '/wait/:id' }; });
    server.listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + server.address().port + '/wait/17?token=secret'));`;
  const child = startChild(t, { program });
  const { page, errors } = await open(browser, await child.url());
  await page.getByText(/^[0-9.]+ s · GET \/wait\/:id$/).waitFor();
  await page.getByText(/\(1 in all, as of [0-9.]+ s ago\)/).waitFor();
  assert.deepEqual(errors, []);
});

test('says that there is no incident, and that the agent is gone when it is', async (t) => {
  const browser = await openBrowser(t);
  if (browser === null) return;
  const child = startChild(t, { program: 'setInterval(() => {}, 1000);' });
  const { page, errors } = await open(browser, await child.url());
  await page.getByText('No incident since this process started.').waitFor();
  child.kill('SIGKILL');
  await page.getByText('The agent does not answer').waitFor();
  assert.deepEqual(errors, []);
});

test('asks for the token where the agent wants one, and shows nothing before', async (t) => {
  const browser = await openBrowser(t);
  if (browser === null) return;
  const child = startChild(t, { program: 'setInterval(() => {}, 1000);', env: { FAULTLINE_TOKEN: token } });
  const { page } = await open(browser, await child.url());
  await page.getByLabel('This agent wants its token:').waitFor();
  assert.equal(await page.getByText('No incident since').count(), 0);
  await page.getByLabel('This agent wants its token:').fill(token);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('No incident since this process started.').waitFor();
});
