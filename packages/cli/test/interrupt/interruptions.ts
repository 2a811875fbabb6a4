import { rename, rm } from 'node:fs/promises';

/** How a command ends that can say why it could not go on. */
interface Ending {
  readonly exit: number;
  readonly code: RegExp;
  readonly hint: RegExp;
}

/** Something that happens to a move, as `interrupting.js` can do it, and what a person does about it. */
export interface Interruption {
  readonly title: string;
  readonly act: 'kill' | 'interrupt' | 'move away' | 'replace' | 'delete' | 'fill';
  /** What it is done to, in the folder in which the command runs. */
  readonly path?: string;
  /** Undefined if the command cannot say anything any more. */
  readonly ending: Ending | undefined;
  /** True if a transaction that is open at the moment cannot be committed any more. */
  readonly undoes?: true;
  /** True if what was lost does not come back. */
  readonly forGood?: true;
  readonly needsSmallDisk?: true;
  /** True if it is so much like another that it is left to the long run. */
  readonly long?: true;
  /** Makes good what was done, before the command is run again. */
  mend(folder: string): Promise<void>;
}

export const TARGET = 'disk/target.db';
export const CONTROL = 'disk/control.db';
const FILLER = 'disk/filler';

const nothing = async () => {};
const putBack = (path: string) => (folder: string) => rename(`${folder}/${path}.away`, `${folder}/${path}`);

const controlLost: Ending = { exit: 4, code: /^CONTROL_UNAVAILABLE$/, hint: /Put the file back/ };
/** A validation compares what it still can, and then says that this was not all. */
const targetLost: Ending = {
  exit: 4,
  code: /^(TABLE_UNAVAILABLE|CLI_NOT_COMPARED)$/,
  hint: /Put the file back|Run the same command/,
};

export const INTERRUPTIONS: readonly Interruption[] = [
  { title: 'SIGKILL', act: 'kill', ending: undefined, undoes: true, mend: nothing },
  {
    title: 'SIGINT',
    act: 'interrupt',
    ending: { exit: 4, code: /^MOVE_INTERRUPTED$/, hint: /same command again/ },
    mend: nothing,
  },
  {
    title: 'a control store that is moved away, and put back',
    act: 'move away',
    path: CONTROL,
    ending: controlLost,
    mend: putBack(CONTROL),
  },
  {
    title: 'a control store that is replaced by garbage, and restored',
    long: true,
    act: 'replace',
    path: CONTROL,
    ending: controlLost,
    mend: putBack(CONTROL),
  },
  {
    title: 'a control store that is lost for good',
    act: 'delete',
    path: CONTROL,
    ending: controlLost,
    forGood: true,
    mend: nothing,
  },
  {
    title: 'a target that is moved away, and put back',
    act: 'move away',
    path: TARGET,
    ending: targetLost,
    mend: putBack(TARGET),
  },
  {
    title: 'a target that is lost for good',
    act: 'delete',
    path: TARGET,
    ending: targetLost,
    forGood: true,
    mend: nothing,
  },
  {
    title: 'a disk that is full',
    act: 'fill',
    path: FILLER,
    ending: { exit: 4, code: /^(TABLE|CONTROL)_FULL$/, hint: /Free disk space/ },
    undoes: true,
    needsSmallDisk: true,
    mend: (folder) => rm(`${folder}/${FILLER}`),
  },
];
