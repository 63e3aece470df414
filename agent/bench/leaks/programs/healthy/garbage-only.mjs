// Everything is forgotten at once.
import { serve } from '../service.mjs';

serve((id) => Array.from({ length: 40 }, (_, index) => `row ${index} of ${id}`), 500);
