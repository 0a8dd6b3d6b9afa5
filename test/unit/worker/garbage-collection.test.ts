import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { forwardingArguments } from '../../../runtime/worker/garbage-collection.ts';

it('asks for nothing that this Node does not know', () => {
  const script = "console.log(require('node:v8').getHeapSpaceStatistics().length > 0)";
  const { status, stdout } = spawnSync(process.execPath, [...forwardingArguments, '-e', script]);
  expect([status, stdout.toString().trim()]).toEqual([0, 'true']);
});
