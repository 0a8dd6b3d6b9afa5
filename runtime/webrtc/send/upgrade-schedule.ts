const firstIntervalMs = 3000;
const maxIntervalMs = 12_000;
const maxIntervalAfterRelapseMs = 48_000;
const provedForMs = 3000;
const relapseMs = 10_000;

/**
 * Decides when a subscriber may try for more: some seconds after the path last showed congestion, later each
 * time that it was in vain, and later still when a higher layer had to be taken back. So layers do not swing on a
 * path that lies between two of them. Pure: time is given.
 */
export class UpgradeSchedule {
  #intervalMs = firstIntervalMs;
  #relapseIntervalMs = firstIntervalMs;
  #attemptMs = -Infinity;
  #provedMs = -Infinity;
  #upgradeMs = -Infinity;

  /** Whether a probe or a trial may begin. @param lastDecreaseMs when the path last showed congestion */
  mayTry(nowMs: number, lastDecreaseMs: number): boolean {
    return nowMs - Math.max(this.#attemptMs, lastDecreaseMs) >= this.#waitMs;
  }

  /** Whether a layer may go up: the path is calm for long enough, or has just been proved to carry it. */
  mayRaise(nowMs: number, lastDecreaseMs: number): boolean {
    const proved = nowMs - this.#provedMs < provedForMs && this.#provedMs > lastDecreaseMs;
    return proved || nowMs - lastDecreaseMs >= this.#waitMs;
  }

  onAttempt(nowMs: number): void {
    this.#attemptMs = nowMs;
  }

  onOutcome(succeeded: boolean, nowMs: number): void {
    if (succeeded) {
      this.#intervalMs = firstIntervalMs;
      this.#provedMs = nowMs;
    } else {
      this.#intervalMs = Math.min(maxIntervalMs, this.#intervalMs * 2);
    }
  }

  onUpgrade(nowMs: number): void {
    this.#upgradeMs = nowMs;
  }

  /** A layer was taken back. */
  onDowngrade(nowMs: number): void {
    this.#relapseIntervalMs =
      nowMs - this.#upgradeMs < relapseMs
        ? Math.min(maxIntervalAfterRelapseMs, this.#relapseIntervalMs * 2)
        : firstIntervalMs;
    this.#upgradeMs = -Infinity;
  }

  reset(): void {
    this.#intervalMs = firstIntervalMs;
    this.#relapseIntervalMs = firstIntervalMs;
    this.#attemptMs = -Infinity;
    this.#provedMs = -Infinity;
    this.#upgradeMs = -Infinity;
  }

  get #waitMs(): number {
    return Math.max(this.#intervalMs, this.#relapseIntervalMs);
  }
}
