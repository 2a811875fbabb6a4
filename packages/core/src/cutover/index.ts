export {
  buryClient,
  type ClientDocument,
  listClients,
  type SeenClient,
  type Watching,
} from './client-document.ts';
export {
  checkMigrationName,
  documentName,
  FORMAT,
  type Found,
  find,
  need,
  read,
  remove,
  write,
} from './documents.ts';
export { LiveError, type LiveErrorCode, refuse } from './errors.ts';
export { beginPhase, workersFence } from './fences.ts';
export { openLatest } from './open-latest.ts';
export { type OpenTableOptions, openTable } from './open-table.ts';
export {
  FIRST_PHASE,
  findPhase,
  lastSide,
  nameOfPhase,
  type PhaseContent,
  type PhaseDocument,
  writePhase,
} from './phase-document.ts';
export {
  listPlaces,
  type OpenPlaces,
  openPlaces,
  openStoreOf,
  PLACES,
  type Place,
  type Places,
  placeRenamed,
  placesOf,
  type Resolve,
} from './places.ts';
export { type Pushing, pushPhase, settlePhase } from './push-phase.ts';
export * from './shape.ts';
