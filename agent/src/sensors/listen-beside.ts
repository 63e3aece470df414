import type { EventEmitter } from 'node:events';

type Listener = (...parameters: never[]) => unknown;

/** Listens to an emitter of the host without taking one of the places that the host has before Node warns of too many
 *  listeners: a service that uses them all would be warned because of the agent. */
export function listenBeside(emitter: EventEmitter, event: string, listener: Listener): void {
  giveRoom(emitter, 1);
  emitter.on(event, listener as (...parameters: unknown[]) => void);
}

/** Takes the listener and its place away again. */
export function endListeningBeside(emitter: EventEmitter, event: string, listener: Listener): void {
  emitter.off(event, listener as (...parameters: unknown[]) => void);
  giveRoom(emitter, -1);
}

/** 0 stands for no limit. */
function giveRoom(emitter: EventEmitter, places: 1 | -1): void {
  const most = emitter.getMaxListeners();
  if (most > 0) emitter.setMaxListeners(most + places);
}
