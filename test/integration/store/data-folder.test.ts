import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createEventLog } from '../../../runtime/events/index.ts';
import { findRoom, openStore, type StoredRoom } from '../../../runtime/store/index.ts';
import { spawnProcess, temporaryDirectory } from '../../support/temporary/index.ts';

const storeModule = fileURLToPath(new URL('../../../runtime/store/index.ts', import.meta.url));
const at = '2026-01-01T00:00:00.000Z';
const room = (id: string): StoredRoom => ({
  id,
  customRoomId: null,
  disabled: false,
  deactivated: false,
  webhook: null,
  autoCloseConfig: null,
  allowedParticipantIds: null,
  maxParticipants: null,
  maxForwardedSpeakers: null,
  createdAt: at,
  updatedAt: at,
});
const inUse = expect.objectContaining({ code: 'data-folder-in-use' }) as Error;

describe('a data folder', () => {
  it('belongs to one runtime at a time', async () => {
    await using folder = await temporaryDirectory();
    const store = await openStore({ file: folder.entry('roomflow.db') });
    await expect(openStore({ file: folder.entry('roomflow.db') })).rejects.toThrow(inUse);
    await expect(openStore({ file: folder.entry('other.db') })).rejects.toThrow(inUse);
    await store.close();
    await (await openStore({ file: folder.entry('roomflow.db') })).close();
  });

  it('is free again, with all that was written, when its runtime is killed', async () => {
    await using folder = await temporaryDirectory();
    const file = folder.entry('roomflow.db');
    const program = `
      const { openStore, insertRoom } = await import(${JSON.stringify(storeModule)});
      const store = await openStore({ file: ${JSON.stringify(file)} });
      insertRoom(store, ${JSON.stringify(room('room-1'))});
      console.log('written');
      setInterval(() => store.db, 1000);`;
    await using other = await spawnProcess(process.execPath, ['--input-type=module', '--eval', program]);
    await other.waitForLine(/written/);
    await expect(openStore({ file })).rejects.toThrow(inUse);
    other.signal('SIGKILL');
    await other.ended;
    const store = await openStore({ file });
    expect(findRoom(store, 'room-1')?.id).toBe('room-1');
    await store.close();
  });

  it('that is not one is refused with its name', async () => {
    await using folder = await temporaryDirectory();
    writeFileSync(folder.entry('taken'), 'a file');
    await expect(openStore({ file: folder.entry('taken', 'roomflow.db') })).rejects.toThrow(
      expect.objectContaining({ code: 'data-folder-unusable' }),
    );
  });

  it('with a file that is no database is refused, and can be used once the file is gone', async () => {
    await using folder = await temporaryDirectory();
    writeFileSync(
      folder.entry('roomflow.db'),
      'this is not a database, and long enough to be looked at'.repeat(100),
    );
    await expect(openStore({ file: folder.entry('roomflow.db') })).rejects.toThrow(
      expect.objectContaining({ code: 'data-folder-unusable' }),
    );
    await (await openStore({ file: folder.entry('new.db') })).close();
  });

  it('keeps its event log over a restart: the same epoch, the next number', async () => {
    await using folder = await temporaryDirectory();
    const append = async (file: string): Promise<{ epoch: string; seq: number }> => {
      const store = await openStore({ file });
      const log = createEventLog({ store });
      const { epoch, seq } = log.append('room-created', { roomId: 'room-1', sessionId: null, data: {} });
      log.close();
      await store.close();
      return { epoch, seq };
    };
    const first = await append(folder.entry('a', 'roomflow.db'));
    const second = await append(folder.entry('a', 'roomflow.db'));
    const another = await append(folder.entry('b', 'roomflow.db'));
    expect(second).toEqual({ epoch: first.epoch, seq: first.seq + 1 });
    expect(another.epoch).not.toBe(first.epoch);
  });
});
