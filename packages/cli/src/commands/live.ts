import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { addAbortCommand } from './live/abort.ts';
import { addCreateCommand } from './live/create.ts';
import { addFinalizeCommand } from './live/finalize.ts';
import { addPauseCommand } from './live/pause.ts';
import { addResumeCommand } from './live/resume.ts';
import { addRollbackCommand } from './live/rollback.ts';
import { addStartCommand } from './live/start.ts';
import { addLiveStatusCommand } from './live/status.ts';
import { addWatchCommand } from './live/watch.ts';
import { addWorkCommand } from './live/work.ts';

const STEPS = `
The life of a live migration:
  create    everything stays on the source
  start     clients ask for each partition where it is; rows are brought to the
            target and compared; then clients use the target alone
  rollback  everything goes back to the source, as long as it is not finalized
  finalize  the target is left clean, and there is no way back
  abort     the source is left clean, and it is over
Start, rollback, abort and finalize can be stopped and run again: they go on.
`;

export function addLiveCommand(program: Command, invocation: Invocation): void {
  const live = program
    .command('live')
    .summary('move a table while the application goes on using it')
    .description('Moves a table to another store while the application goes on reading and writing it.')
    .helpCommand(false)
    .addHelpText('after', STEPS);
  addCreateCommand(live, invocation);
  addStartCommand(live, invocation);
  addLiveStatusCommand(live, invocation);
  addWatchCommand(live, invocation);
  addPauseCommand(live, invocation);
  addResumeCommand(live, invocation);
  addRollbackCommand(live, invocation);
  addFinalizeCommand(live, invocation);
  addAbortCommand(live, invocation);
  addWorkCommand(live, invocation);
}
