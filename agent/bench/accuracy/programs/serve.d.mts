import type { IncomingMessage } from 'node:http';

export function serve(handler: (request: IncomingMessage) => unknown): void;
export function blockStarts(): void;
export function lasting(ms: number): () => boolean;
