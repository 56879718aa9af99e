/** Every recording of this repository, told anew: to be called when a rule was changed on purpose, and its effect looked at. */
import type { Recording } from './recording.ts';
import { virtualStories } from './virtual-stories.ts';
import { walkedStories } from './walked-stories.ts';

export async function tellAllStories(): Promise<ReadonlyMap<string, Recording>> {
  return new Map([...(await walkedStories()), ...(await virtualStories())]);
}
