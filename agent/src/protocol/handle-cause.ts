/** What may pile up, in the order in which it explains the rest: a socket holds a descriptor. */
export const handleCauses = ['timers', 'sockets', 'listeners', 'descriptors'] as const;
export type HandleCause = (typeof handleCauses)[number];
