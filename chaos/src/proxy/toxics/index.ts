import { bandwidth } from './bandwidth.js';
import { idleReset } from './idle-reset.js';
import { latency } from './latency.js';
import { limitData } from './limit-data.js';
import { resetPeer } from './reset-peer.js';
import { slicer } from './slicer.js';
import { slowClose } from './slow-close.js';
import { timeout } from './timeout.js';
import type { ToxicType } from './toxic-type.js';

/** Every kind of toxic, by the name that Toxiproxy gives it, or would. */
export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(
  [latency, bandwidth, slowClose, timeout, resetPeer, slicer, limitData, idleReset].map(
    (one) => [one.type, one] as readonly [string, ToxicType],
  ),
);
