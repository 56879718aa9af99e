// node test/replay/record.ts JOURNAL.db OUT/ [TITLE]   every passage of a journal, and the lane since its first start
// node test/replay/record.ts --stories OUT/             the recordings of this repository anew
// node test/replay/record.ts --product OUT/ SCENARIO…   passages through the whole product, in real time
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordingsIn } from './recordings-in.ts';
import { type Recording, textOf } from './recording.ts';

async function keep(folder: string, recordings: ReadonlyMap<string, Recording>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, recording] of recordings) await writeFile(join(folder, `${name}.jsonl`), textOf(recording));
  console.log(`${recordings.size} recordings in ${folder}`);
}

async function main([source, folder, ...names]: readonly string[]): Promise<number> {
  if (source === undefined || folder === undefined) {
    console.error(
      'usage: node test/replay/record.ts JOURNAL.db OUT/ [TITLE] | --stories OUT/ | --product OUT/ SCENARIO…',
    );
    return 2;
  }
  if (source === '--stories') {
    const { tellAllStories } = await import('./stories.ts');
    await keep(folder, await tellAllStories());
    return 0;
  }
  if (source === '--product') {
    const { productStories } = await import('./product-stories.ts');
    await keep(folder, await productStories(names));
    return 0;
  }
  await keep(folder, recordingsIn(source, { title: names[0] ?? 'a passage', recordedFrom: 'a journal on a disk' }));
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
