/**
 * Resolves after `ms`, or at once when `stop` is aborted. Made of abort signals because community nodes may
 * not use timers.
 */
export async function delay(ms: number, stop?: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(Math.max(0, ms));
  if (stop?.aborted === true) {
    return;
  }
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      timeout.removeEventListener('abort', finish);
      stop?.removeEventListener('abort', finish);
      resolve();
    };
    timeout.addEventListener('abort', finish);
    stop?.addEventListener('abort', finish);
  });
}
