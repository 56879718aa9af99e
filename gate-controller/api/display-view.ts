import { documentTransactionId, laneSnapshot, presentation, transactionSnapshot } from '../kernel/lane-parts.ts';
import type { DisplayView, Screen } from './messages.ts';
import type { ViewSources } from './view-sources.ts';

/** What the traveller sees. The one view that leaves the officers' side: it holds nothing personal. */
export function displayView(sources: ViewSources): DisplayView {
  const { cases, help, kernel, laneName } = sources;
  const now_ms = sources.now_ms();
  const id = documentTransactionId(kernel);
  const passage = transactionSnapshot(kernel, id)?.context;
  const screen = screenOf(sources, passage?.isAssisted === true);
  const guidance = sources.guidance();
  const progress = id === null ? null : (cases.get(id)?.chipProgress ?? null);
  return {
    laneName,
    screen,
    hint: screen === 'lookAtCamera' && guidance !== 'none' ? guidance : null,
    progress:
      screen === 'readingDocument' && progress !== null && progress.bytesTotal !== null && progress.bytesTotal > 0
        ? Math.min(1, progress.bytesRead / progress.bytesTotal)
        : null,
    profile: passage?.profile ?? laneSnapshot(kernel)?.context.profile ?? 'standard',
    help: helpOn(screen, passage?.hasAskedForHelp === true || help.isStanding(now_ms)),
  };
}

/** Where an officer confirms everybody, everybody who waits in the cabin is told so: it says nothing of one of them (I10). */
function screenOf({ help, kernel, now_ms }: ViewSources, isAssisted: boolean): Screen {
  const { screen } = presentation(kernel);
  if (screen === 'officerComing' && isAssisted) return 'officerConfirms';
  return screen === 'placeDocument' && help.isFresh(now_ms()) ? 'helpComing' : screen;
}

/** Where a sign sends people away or out, nobody is asked to wait for help in front of it. */
const helpless: ReadonlySet<Screen> = new Set(['starting', 'outOfService', 'closed', 'maintenance', 'evacuate']);

function helpOn(screen: Screen, isComing: boolean): DisplayView['help'] {
  if (helpless.has(screen)) return 'none';
  return isComing ? 'coming' : 'offered';
}
