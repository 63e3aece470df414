// Instances that enter themselves into a list of their class, and never leave it.
// expect kind: heap-leak
// expect function: Connection
import { serve } from '../service.mjs';

class Connection {
  static all = new Set();

  constructor(id) {
    this.id = id;
    this.frames = Array.from({ length: 40 }, (_, index) => `frame ${index} of ${id}`); // culprit
    Connection.all.add(this); // culprit
  }
}

serve((id) => new Connection(id), 2_600); // caller
