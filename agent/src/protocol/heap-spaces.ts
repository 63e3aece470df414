/** Whether objects are born in this heap space. What lives there has not survived anything yet, so it says nothing
 *  about memory that is kept. Source: names of v8.getHeapSpaceStatistics(). */
export const isYoungSpace = (name: string): boolean => name.startsWith('new_');
