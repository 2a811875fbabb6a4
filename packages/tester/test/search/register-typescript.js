/** Threads of Node 20 know no TypeScript of themselves. */
import { register } from 'tsx/esm/api';

register();
