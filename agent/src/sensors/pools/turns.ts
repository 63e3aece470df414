/** Things that are looked at from time to time. All of them at a time while there are at most as many as may be; otherwise
 *  those that are urgent come first, up to half of the looks, and both kinds take turns among themselves. */
export interface Turns<Thing> {
  add(thing: Thing): void;
  delete(thing: Thing): void;
  /** Calls `look` for each whose turn it is: with how many of its kind come in this turn from it on. Its answer says whether
   *  the thing is urgent from now on. A thing may be deleted meanwhile. Takes no longer when there are more of them. */
  next(look: (thing: Thing, left: number) => boolean): void;
}

export function createTurns<Thing>(most: number): Turns<Thing> {
  // Each in the order in which they were looked at, longest ago first.
  const urgent = new Set<Thing>();
  const patient = new Set<Thing>();
  return {
    add: (thing) => void patient.add(thing),
    delete(thing) {
      urgent.delete(thing);
      patient.delete(thing);
    },
    next(look) {
      const isCrowded = urgent.size + patient.size > most;
      const hurried = first(urgent, isCrowded ? Math.floor(most / 2) : most);
      const others = first(patient, most - hurried.length);
      for (const turn of [hurried, others]) {
        for (let index = 0; index < turn.length; index += 1) {
          const thing = turn[index]!;
          const isUrgent = look(thing, turn.length - index);
          const stood = urgent.delete(thing) || patient.delete(thing);
          if (stood) (isUrgent ? urgent : patient).add(thing);
        }
      }
    },
  };
}

function first<Thing>(things: ReadonlySet<Thing>, count: number): Thing[] {
  const found: Thing[] = [];
  for (const thing of things) {
    if (found.length >= count) break;
    found.push(thing);
  }
  return found;
}
