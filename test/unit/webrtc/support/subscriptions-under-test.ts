import { afterEach, beforeEach, vi } from 'vitest';
import { SimulatedSubscription } from './simulated-subscription.ts';

/** For a file of tests: fake time for each of them, and a way to make subscriptions that are closed behind it. */
export function subscriptionsUnderTest(): (
  ...parameters: ConstructorParameters<typeof SimulatedSubscription>
) => SimulatedSubscription {
  const open: SimulatedSubscription[] = [];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    for (const subscription of open.splice(0)) {
      subscription.close();
    }
    vi.useRealTimers();
  });
  return (...parameters) => {
    const made = new SimulatedSubscription(...parameters);
    open.push(made);
    return made;
  };
}
