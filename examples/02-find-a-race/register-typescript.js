/** Threads of Node 20 know no TypeScript of themselves. */
// #region register
import { register } from 'tsx/esm/api';

register();
// #endregion
