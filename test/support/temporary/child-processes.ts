import { readFile, readdir } from 'node:fs/promises';

/** Live children of a process whose command line holds `words`. Source: proc(5). */
export async function childProcesses(pid: number, words: string): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8')),
  );
  const children = lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number));
  const commandLines = await Promise.all(
    children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')),
  );
  return children.filter((_child, index) => commandLines[index]?.includes(words));
}
