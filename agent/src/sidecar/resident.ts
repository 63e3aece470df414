/** Resident memory of the process. Unit: bytes; null when file descriptors have run out, which makes Node throw. */
export function readResident(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}
