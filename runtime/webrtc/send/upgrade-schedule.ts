const firstIntervalMs = 3000;
const maxIntervalMs = 12_000;
const maxIntervalAfterRelapseMs = 48_000;
const provedForMs = 3000;
const relapseMs = 10_000;
/** Who sees nothing at all of a video is not kept waiting longer than this, whatever was in vain. */
const starvedIntervalMs = 10_000;
const firstRecoveryMs = 1000;

/**
 * Decides when a subscriber may try for more: some seconds after the path last showed congestion, later each
 * time that it was in vain, and later still when a higher layer had to be taken back. So layers do not swing on a
 * path that lies between two of them. Pure: time is given.
 */
export class UpgradeSchedule {
  #intervalMs = firstIntervalMs;
  #relapseIntervalMs = firstIntervalMs;
  #recoveryMs = firstRecoveryMs;
  #attemptMs = -Infinity;
  #provedMs = -Infinity;
  #upgradeMs = -Infinity;

  /** There is a video of which nothing is sent. */
  starved = false;

  /** Whether a probe or a trial may begin. @param lastDecreaseMs when the path last showed congestion */
  mayTry(nowMs: number, lastDecreaseMs: number): boolean {
    const isOverdue = this.starved && nowMs - this.#attemptMs >= 2 * starvedIntervalMs;
    return isOverdue || nowMs - Math.max(this.#attemptMs, lastDecreaseMs) >= this.#waitMs;
  }

  /** Whether what a passing congestion took may be tried for at once: not where it was taken again and again. */
  mayRecover(nowMs: number): boolean {
    return this.#relapseIntervalMs === firstIntervalMs && nowMs - this.#attemptMs >= this.#recoveryMs;
  }

  /** Whether a layer may go up: the path is calm for long enough, or has just been proved to carry it. */
  mayRaise(nowMs: number, lastDecreaseMs: number): boolean {
    const proved = nowMs - this.#provedMs < provedForMs && this.#provedMs > lastDecreaseMs;
    return proved || nowMs - lastDecreaseMs >= (this.starved ? firstIntervalMs : this.#waitMs);
  }

  onAttempt(nowMs: number): void {
    this.#attemptMs = nowMs;
  }

  onOutcome(succeeded: boolean, nowMs: number): void {
    if (succeeded) {
      this.#intervalMs = firstIntervalMs;
      this.#recoveryMs = firstRecoveryMs;
      this.#provedMs = nowMs;
    } else {
      this.#intervalMs = Math.min(maxIntervalMs, this.#intervalMs * 2);
      this.#recoveryMs = Math.min(maxIntervalMs, this.#recoveryMs * 2);
    }
  }

  onUpgrade(nowMs: number): void {
    this.#upgradeMs = nowMs;
  }

  /** A layer was taken back. */
  onDowngrade(nowMs: number): void {
    this.#relapseIntervalMs =
      nowMs - this.#upgradeMs < relapseMs
        ? Math.min(maxIntervalAfterRelapseMs, this.#relapseIntervalMs * 3)
        : firstIntervalMs;
    this.#upgradeMs = -Infinity;
  }

  reset(): void {
    this.#intervalMs = firstIntervalMs;
    this.#relapseIntervalMs = firstIntervalMs;
    this.#recoveryMs = firstRecoveryMs;
    this.#attemptMs = -Infinity;
    this.#provedMs = -Infinity;
    this.#upgradeMs = -Infinity;
  }

  get #waitMs(): number {
    const waitMs = Math.max(this.#intervalMs, this.#relapseIntervalMs);
    return this.starved ? Math.min(waitMs, starvedIntervalMs) : waitMs;
  }
}
