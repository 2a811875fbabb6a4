export { type Created, type CreateOptions, createMigration } from './create.ts';
export { type DriveOptions, drive } from './drive.ts';
export type { LiveEvent, WaitedFor } from './events.ts';
export type { Goal, Until } from './goal.ts';
export { checkGoal, reach, setGoal } from './reach.ts';
export { runWorker, type WorkOptions } from './run-worker.ts';
export { changeSettings, type Settings } from './settings.ts';
export { listMigrations, type MigrationStatus, migrationStatus, type Stage } from './status.ts';
export { type Survey, type SurveyOptions, surveyPartitions } from './survey.ts';
