import type { Resource } from '../resource';
import { joinLink } from './join-link';
import { message } from './message';
import { participant } from './participant';
import { picture } from './picture';
import { poll } from './poll';
import { question } from './question';
import { recording } from './recording';
import { room } from './room';
import { session } from './session';

/** All resources of the node, by the value of its Resource field. */
export const resources: Readonly<Record<string, Resource>> = {
  joinLink,
  message,
  participant,
  picture,
  poll,
  question,
  recording,
  room,
  session,
};
