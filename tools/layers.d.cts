declare const layers: {
  readonly LAYERS: readonly (readonly string[])[];
  readonly PACKAGES: readonly (readonly string[])[];
};
export = layers;
