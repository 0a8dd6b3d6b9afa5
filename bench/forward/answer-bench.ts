import type { ToWorker, WorkerTotals } from './messages.ts';
import { processTotals, startProfile, tell, watchGc, writeProfile } from './worker-totals.ts';

type Message<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;

/** What the two workers do each in their own way; `publish`, `subscribe` and `answer` tell when it is done. */
export type ForwardingWorker = {
  publish(message: Message<'publish'>): Promise<void>;
  subscribe(message: Message<'subscribe'>): Promise<void>;
  answer(message: Message<'answer'>): Promise<void>;
  counted(): Pick<WorkerTotals, 'receivedPackets' | 'forwardedPackets'>;
};

/** Answers the bench from now on. */
export function answerBench(worker: ForwardingWorker): void {
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'publish':
        void worker.publish(message);
        break;
      case 'subscribe':
        void worker.subscribe(message);
        break;
      case 'answer':
        void worker.answer(message).then(() => tell({ type: 'answer' }));
        break;
      case 'measure':
        tell({ type: 'measure', ...processTotals(), ...worker.counted() });
        break;
      case 'watchGc':
        tell({ type: 'watchGc', gcMilliseconds: watchGc(message.on) });
        break;
      case 'profile':
        void startProfile().then(() => tell({ type: 'profile' }));
        break;
      case 'profiled':
        void writeProfile(message.file).then(() => tell({ type: 'profiled' }));
        break;
    }
  });
  tell({ type: 'ready' });
}
