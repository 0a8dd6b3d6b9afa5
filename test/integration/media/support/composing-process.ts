/** Composes a room until it is killed; prints the process that does it. */
import { LiveComposition, person, sceneOf } from './live-composition.ts';

const room = new LiveComposition({ scene: sceneOf(person('red')) });
const output = room.receive();
await room.goOn(output, 200);
process.stdout.write(`composing in ${room.compositor.stats().pid}\n`);
