/** These run inside the pool's own calls: whatever goes wrong here is not the service's trouble. */
export const guarded =
  <Parameters extends unknown[] = unknown[], Value = void>(work: (...parameters: Parameters) => Value) =>
  (...parameters: Parameters): Value | null => {
    try {
      return work(...parameters);
    } catch {
      // A number is lost, a connection is not.
      return null;
    }
  };
