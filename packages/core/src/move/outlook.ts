import type { ControlStore } from '../control/index.ts';
import { type FoundJob, findJob, jobId } from './job.ts';
import type { MoveRequest } from './request.ts';
import { planSteps, type StepsPlan } from './steps.ts';

/** What a run of a request would do, from what an earlier run of the same job left. */
export interface Outlook extends StepsPlan {
  readonly id: string;
  readonly found: FoundJob | undefined;
  /** The job to go on with; undefined if the run begins one. */
  readonly resumed: FoundJob | undefined;
  /** The generation that the target was set up for, and may hold rows of; undefined if it was not. */
  readonly setUpFor: number | undefined;
  /** The request with the consent that an earlier run was given. */
  readonly request: MoveRequest;
}

/** Reads the control store only. Throws `MOVE_ALREADY_COPIED` and `MOVE_NOT_SET_UP`. */
export async function outlookOf(asked: MoveRequest, control: ControlStore): Promise<Outlook> {
  const id = jobId(asked);
  const found = await findJob(control, id);
  const plan = planSteps(asked.steps, asked.recreate, found?.document);
  const resumed = found && !plan.startOver && !found.document.abandoned ? found : undefined;
  // Consent that was given once holds until the job is started over.
  const intoExisting = asked.intoExisting || resumed?.document.intoExisting === true;
  const setUpFor = resumed?.document.steps.setup === 'done' ? resumed.document.generation : undefined;
  return { ...plan, id, found, resumed, setUpFor, request: { ...asked, intoExisting } };
}
