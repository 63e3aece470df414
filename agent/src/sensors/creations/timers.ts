import { createHook } from 'node:async_hooks';
import { captureFrames } from '../stack-frames.js';
import { type CreationSource, framesMost } from './source.js';

/** Timers of setTimeout() and setInterval(). There is no channel for them, so it is an async hook, which costs each
 *  promise some 0.1 µs on Node 20 and 22 as long as it is enabled, and nothing from 24 on, where promises can be left
 *  out. Source: async_hooks, type Timeout. */
export const timersMade: CreationSource = (onMade) => {
  const options: Parameters<typeof createHook>[0] & { readonly trackPromises: boolean } = {
    trackPromises: false,
    init: onInit,
  };
  function onInit(_id: number, type: string, _trigger: number, resource: object): void {
    if (type !== 'Timeout') return;
    // An exception in a hook would end the process.
    try {
      onMade(() => {
        const timer = new WeakRef(resource);
        return { isThere: () => isPending(timer.deref()), frames: captureFrames(onInit, framesMost) };
      });
    } catch {
      // This one is not told of.
    }
  }
  const hook = createHook(options).enable();
  return () => void hook.disable();
};

/** Node marks a timer that has run for the last time or was cleared. Should the mark be gone one day, a timer that
 *  somebody still holds counts as pending. */
const isPending = (timer: object | undefined): boolean =>
  timer !== undefined && (timer as { readonly _destroyed?: unknown })._destroyed !== true;
