import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { captureFrames } from '../stack-frames.js';
import { type CreationSource, framesMost } from './source.js';

const channels = ['net.client.socket', 'net.server.socket', 'udp.socket'];

/** Sockets that connect, are accepted, or send datagrams. Those that are accepted have no line of the service on their
 *  stack: whoever connects has made them. Source: diagnostics_channel, built-in channels of net and
 *  dgram. */
export const socketsMade: CreationSource = (onMade) => {
  const onSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: object };
    onMade(() => {
      const made = new WeakRef(socket);
      return { isThere: () => isOpen(made.deref()), frames: captureFrames(onSocket, framesMost) };
    });
  };
  for (const channel of channels) subscribe(channel, onSocket);
  return () => {
    for (const channel of channels) unsubscribe(channel, onSocket);
  };
};

/** A datagram socket has no such flag; as long as somebody holds it, it counts as open. */
const isOpen = (socket: object | undefined): boolean =>
  socket !== undefined && (socket as { readonly destroyed?: unknown }).destroyed !== true;
