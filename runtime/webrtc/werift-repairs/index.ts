export * from './dtls-transport.ts';
export * from './ice-gatherer.ts';
