import type { Socket } from 'node:net';

/**
 * For the program of a child: when its pipe ends and it is not done, its parent is gone, and nobody wants what it
 * makes. It ends at once, whatever native code or a child of its own is busy with; they find their pipes closed.
 */
export function endWithParent(pipe: Socket, isDone: () => boolean): void {
  const end = (): void => {
    if (!isDone()) process.kill(process.pid, 'SIGKILL');
  };
  pipe.on('end', end);
  pipe.on('error', end);
}
