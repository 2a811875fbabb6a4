export { liveOpener } from './live-config.ts';
