export {
  FILE_FORMATS,
  type FileFormat,
  type FilePlace,
  type FilePlaceOptions,
  parseFilePlace,
} from './file-config.ts';
export { CsvColumns } from './file-csv-columns.ts';
export { FileError, type FileErrorCode, fileRefusal } from './file-errors.ts';
export { checkInput, readChunks, readStream } from './file-input.ts';
export { ndjsonLine } from './file-ndjson.ts';
export { FileOutput } from './file-output.ts';
export type { FileRow } from './file-row.ts';
export { readRows } from './file-rows.ts';
