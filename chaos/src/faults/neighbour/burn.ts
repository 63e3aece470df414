/** A process that does nothing but use one CPU. It ends by itself when the service that it disturbs has gone, and
 *  after the time that it was given, whichever comes first. */
const endsAtMs = performance.now() + Number(process.argv[2] ?? 0);
/** Unit: ms. After each slice the channel is looked at. */
const sliceMs = 20;
/** Unit: ms. How often it says that it has burnt. */
const reportEveryMs = 500;
let reportAtMs = 0;

function burn(): void {
  const sliceEndsMs = performance.now() + sliceMs;
  while (performance.now() < sliceEndsMs);
  if (sliceEndsMs >= endsAtMs || !process.connected) process.exit(0);
  if (sliceEndsMs >= reportAtMs) {
    reportAtMs = sliceEndsMs + reportEveryMs;
    // The channel may close just now; the next slice sees it.
    process.send?.('burnt', () => {});
  }
  setImmediate(burn);
}

burn();
