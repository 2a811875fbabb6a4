import { CHECKING } from './checking.ts';
import type { Defect } from './defect.ts';
import { FENCING } from './fencing.ts';
import { FILTERING } from './filtering.ts';
import { HASHING } from './hashing.ts';
import { KEEPING } from './keeping.ts';
import { READING } from './reading.ts';
import { RENAMING } from './renaming.ts';
import { SERVING } from './serving.ts';
import { WRITING } from './writing.ts';

export const DEFECTS: readonly Defect[] = [
  ...READING,
  ...HASHING,
  ...FILTERING,
  ...WRITING,
  ...CHECKING,
  ...KEEPING,
  ...FENCING,
  ...SERVING,
  ...RENAMING,
];
