export * from './history/index.ts';
