/** How much of about one second the main thread was in synchronous writes to standard output or error, from looks at
 *  the operation that runs. */
export interface OutputWindow {
  /** Number of looks. */
  readonly looks: number;
  /** Time that the looks stand for. Unit: ms. */
  readonly lookedMs: number;
  /** Time in such writes. Unit: ms. */
  readonly writingMs: number;
  /** Time that the main thread was on a CPU or ready to be; null where the system does not tell. Unit: ms. */
  readonly awakeMs: number | null;
}
