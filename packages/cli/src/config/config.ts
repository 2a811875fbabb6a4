/** What a config says, checked. Paths in its URLs are relative to {@link directory}. */
export interface Config {
  /** As it was named, for people. */
  readonly file: string;
  readonly directory: string;
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  /** The absolute path of the control store: what the config says, else the default beside it. */
  readonly controlPath: string;
  readonly threads?: number | undefined;
  readonly batchRows?: number | undefined;
  readonly rate?: number | undefined;
  readonly tables?: readonly ConfigTable[] | undefined;
  /** Where something stands, for people: `move.yaml:7: tables[1].where`. */
  placeOf(...path: ConfigPath): string;
}

/** Keys and indexes from the top of the config down. */
export type ConfigPath = readonly (string | number)[];

export interface ConfigTable {
  readonly source: TableMapping;
  readonly target?: TableMapping | undefined;
  readonly where?: string | undefined;
}

/** A table; one without keys is of our own layout. */
export interface TableMapping {
  readonly table: string;
  readonly partitionKey?: readonly string[] | undefined;
  readonly rowKey?: readonly string[] | undefined;
  readonly version?: string | undefined;
  readonly types?: Readonly<Record<string, string>> | undefined;
}
