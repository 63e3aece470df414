import { z } from 'zod';
import { prepareDatabase } from '../../src/db/migrate.js';
import { startChild } from '../../src/orchestrate/child.js';
import { createTestFolder, type TestFolder } from './folder.js';

/** An embedded PostgreSQL for one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly directory: string;
  readonly folder: TestFolder;
  /** The process that keeps the server, and the server. */
  readonly pids: { readonly keeper: number; readonly server: number };
  /** How the keeper ended. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const ready = z.object({ type: z.literal('ready'), url: z.string(), pid: z.int(), directory: z.string() });

/** Starts a server with `products` seeded products; none leaves the schema out as well. */
export async function startTestDatabase(
  products: number,
  folder: TestFolder = createTestFolder(),
): Promise<TestDatabase> {
  const environment = { ...process.env, TMPDIR: folder.path };
  const keeper = startChild({ name: 'PostgreSQL', entry: 'db/embedded/main.js', environment, ready });
  try {
    const { url, pid, directory } = await keeper.ready;
    if (products > 0) await prepareDatabase(url, products);
    return {
      url,
      directory,
      folder,
      pids: { keeper: keeper.pid, server: pid },
      exited: keeper.exited,
      async stop() {
        await keeper.stop(15_000);
        folder.remove();
      },
    };
  } catch (error) {
    await keeper.stop(15_000);
    folder.remove();
    throw error;
  }
}
