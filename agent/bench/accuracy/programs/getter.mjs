// What looks like a field computes a checksum each time it is read.
// expect cause: javascript
// expect function: get checksum
import { blockStarts, lasting, serve } from './serve.mjs';

const document = {
  bytes: Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251),
  get checksum() {
    let a = 1;
    let b = 0;
    // culprit
    for (let index = 0; index < this.bytes.length; index += 1) {
      a = (a + this.bytes[index]) % 65_521; // culprit
      b = (b + a) % 65_521; // culprit
    }
    return b * 65_536 + a;
  },
};

function waitForChange(goesOn) {
  const before = document.checksum;
  while (goesOn()) if (document.checksum !== before) return 'changed';
  return 'same';
}

serve(() => {
  blockStarts();
  return waitForChange(lasting(700));
});
