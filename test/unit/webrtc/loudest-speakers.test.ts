import { describe, expect, it } from 'vitest';
import { LoudestSpeakers } from '../../../runtime/webrtc/index.ts';

const silence = 90;
const speech = 30;

/** A room of microphones that send a packet every 20 ms, `silence` where nothing else is said. */
class Room {
  readonly changes: string[] = [];
  readonly heldBack = new Set<string>();
  readonly loudest: LoudestSpeakers;
  readonly #present: string[];
  nowMs = 1000;

  constructor(limit: number, present: string) {
    this.loudest = new LoudestSpeakers(limit, (id, forwarded) => {
      this.changes.push(`${forwarded ? '+' : '-'}${id}`);
      if (forwarded) {
        this.heldBack.delete(id);
      } else {
        this.heldBack.add(id);
      }
    });
    this.#present = Array.from(present);
    for (const id of this.#present) {
      this.loudest.add(id);
    }
  }

  /** Everybody sends for a while, at the levels given in -dBov or as one who speaks with pauses between syllables. */
  pass(durationMs: number, levels: Record<string, number | 'speaks'> = {}): this {
    for (const end = this.nowMs + durationMs; this.nowMs < end; this.nowMs += 20) {
      for (const id of this.#present) {
        const level = levels[id] ?? silence;
        // 160 ms of a syllable and 60 ms before the next one.
        this.loudest.onLevel(
          id,
          level === 'speaks' ? (this.nowMs % 220 < 160 ? speech : 65) : level,
          this.nowMs,
        );
      }
    }
    return this;
  }

  join(id: string): void {
    this.#present.push(id);
    this.loudest.add(id);
  }

  leave(id: string): void {
    this.#present.splice(this.#present.indexOf(id), 1);
    this.loudest.remove(id, this.nowMs);
    this.heldBack.delete(id);
  }

  get heard(): string {
    return this.#present.filter((id) => !this.heldBack.has(id)).join('');
  }
}

describe('the loudest speakers', () => {
  it('are all there are while there are no more than are forwarded', () => {
    const room = new Room(3, 'abc').pass(5000, { a: speech }).pass(5000, { b: speech, c: speech });
    expect(room.changes).toEqual([]);
  });

  it('are all when no limit is set', () => {
    const room = new Room(0, 'abcdefghij').pass(5000, { a: speech });
    expect(room.changes).toEqual([]);
  });

  it('are those who speak, once there are more', () => {
    const room = new Room(3, 'abcdef').pass(3000, { d: 'speaks', e: 'speaks', f: 'speaks' });
    expect(room.heard).toBe('def');
    expect(room.loudest.heldBack).toBe(3);
  });

  it('take in who begins to speak with the first packet', () => {
    const room = new Room(3, 'abcdef').pass(5000, { a: 'speaks', b: 'speaks' });
    expect(room.heldBack).toContain('f');
    room.pass(20, { a: speech, b: speech, f: speech });
    expect(room.heldBack).not.toContain('f');
  });

  it('take in who begins to speak softly, below what counts as speech, before those who are silent', () => {
    const room = new Room(3, 'abcdef').pass(5000, { a: 'speaks', b: 'speaks' });
    room.pass(100, { a: speech, b: speech, f: 55 });
    expect(room.heard).toContain('f');
  });

  it('cut nobody off: who has spoken stays for more than a second', () => {
    const room = new Room(2, 'abcd').pass(3000, { a: 'speaks', b: 'speaks' });
    room.pass(1400, { a: 'speaks', c: speech });
    expect(room.heard).toBe('ab');
    room.pass(200, { a: 'speaks', c: speech });
    expect(room.heard).toBe('ac');
  });

  it('stay as they are while nobody speaks', () => {
    const room = new Room(2, 'abcd').pass(3000, { c: 'speaks', d: 'speaks' });
    const changes = room.changes.length;
    room.pass(60_000, { a: 88, b: 92 });
    expect(room.changes).toHaveLength(changes);
    expect(room.heard).toBe('cd');
  });

  it('are left alone by a cough when all of them speak', () => {
    const room = new Room(2, 'abcd').pass(3000, { a: 'speaks', b: 'speaks' });
    const changes = room.changes.length;
    room.pass(300, { a: 'speaks', b: 'speaks', c: 10 }).pass(3000, { a: 'speaks', b: 'speaks' });
    expect(room.changes).toHaveLength(changes);
  });

  it('take in somebody clearly louder even when all of them speak, in place of the quietest', () => {
    const room = new Room(2, 'abcd').pass(3000, { a: 'speaks', b: 45 });
    room.pass(1000, { a: 'speaks', b: 45, c: 25 });
    expect(room.heard).toBe('ac');
  });

  it('do not flicker among many who talk over each other at about one loudness', () => {
    const room = new Room(5, 'abcdefghij');
    const all = Object.fromEntries(Array.from('abcdefghij', (id, i) => [id, 30 + (i % 4)]));
    room.pass(1000, all);
    const changes = room.changes.length;
    room.pass(15_000, all);
    expect(room.changes).toHaveLength(changes);
    expect(room.heard).toHaveLength(5);
  });

  it('keep who speaks without end, through every pause for breath', () => {
    const room = new Room(2, 'abcd');
    for (let sentence = 0; sentence < 100; sentence++) {
      room.pass(4000, { d: 'speaks', [sentence % 2 === 0 ? 'a' : 'b']: 'speaks' });
      room.pass(900, { [sentence % 2 === 0 ? 'a' : 'b']: 'speaks' });
      expect(room.heard).toContain('d');
    }
  });

  it('are not the microphones that hum, when somebody speaks', () => {
    const hum = { a: 40, b: 40, c: 40 };
    const room = new Room(3, 'abcdef').pass(60_000, hum);
    room.pass(20, { ...hum, f: speech });
    expect(room.heard).toContain('f');
  });

  it('pass the place of one who leaves to the loudest without one', () => {
    const room = new Room(2, 'abcd').pass(3000, { a: 'speaks', b: 'speaks' });
    room.pass(1000, { a: speech, b: speech, c: 35, d: 32 });
    expect(room.heard).toBe('ab');
    room.leave('a');
    expect(room.heard).toBe('bd');
    expect(room.loudest.heldBack).toBe(1);
    room.leave('b');
    expect(room.heard).toBe('cd');
    expect(room.loudest.heldBack).toBe(0);
  });

  it('hear who joins until it has told how loud it is', () => {
    const room = new Room(2, 'ab').pass(3000, { a: 'speaks', b: 'speaks' });
    room.join('c');
    expect(room.heard).toBe('abc');
    room.pass(20, { a: speech, b: speech });
    expect(room.heard).toBe('ab');
  });

  it('give way when they are muted and send nothing more', () => {
    const room = new Room(2, 'abcd').pass(3000, { a: 'speaks', b: 'speaks' });
    room.leave('b');
    room.join('e');
    room.pass(40, { a: speech, e: speech });
    expect(room.heard).toBe('ae');
  });

  it('are beside those who are kept in any case', () => {
    const room = new Room(2, 'abcde').pass(3000, { a: 'speaks', b: 'speaks' });
    room.loudest.keep(new Set(['d']), room.nowMs);
    expect(room.heard).toBe('abd');
    room.pass(5000, { a: 'speaks', c: 'speaks' });
    expect(room.heard).toBe('acd');
    room.loudest.keep(new Set(), room.nowMs);
    room.pass(20, { a: speech, c: speech });
    expect(room.heard).toBe('ac');
    expect(room.loudest.heldBack).toBe(3);
  });
});
