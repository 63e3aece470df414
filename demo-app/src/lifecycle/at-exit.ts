type Task = () => Promise<void>;

const tasks: Task[] = [];

/** Registers work for the end of the process, such as sending the last spans. */
export function atExit(task: Task): void {
  tasks.push(task);
}

/** Does the registered work. Never throws: the process is ending anyway. */
export async function runExitTasks(): Promise<void> {
  await Promise.allSettled(tasks.splice(0).map((task) => task()));
}
