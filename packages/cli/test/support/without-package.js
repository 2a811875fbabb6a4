/**
 * Loaded into the real command with `node --import`: the package that the query of this module's URL names is looked for
 * where nothing is installed, as Node itself looks for it.
 */
import { register } from 'node:module';

const [name] = new URL(import.meta.url).searchParams.keys();

const hooks = `export const resolve = (specifier, context, next) =>
  next(specifier, specifier === ${JSON.stringify(name)} ? { ...context, parentURL: 'file:///nowhere/module.js' } : context);`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
