import { allOperations, type Forecast, priceOf, type UnitPrices } from 'changeover/move';

/** What the operations of one side cost. */
export interface SidePrice {
  readonly side: 'source' | 'target';
  readonly store: string;
  /** Null if no price is known for the store, or the operations are not. */
  readonly amount: number | null;
  readonly currency: string | null;
  /** The day and the place of the price list. */
  readonly asOf: string | null;
  readonly from: string | null;
}

/** The price of a whole move, side by side: their currencies may differ. */
export function pricesOf(
  forecast: Forecast,
  stores: { readonly source: string; readonly target: string },
  list: readonly UnitPrices[],
): readonly SidePrice[] {
  const operations = allOperations(forecast);
  return (['source', 'target'] as const).map((side) => {
    const store = stores[side];
    const prices = list.find(({ vendor }) => vendor === store);
    return {
      side,
      store,
      amount: prices && operations ? priceOf(operations[side], prices) : null,
      currency: prices?.currency ?? null,
      asOf: prices?.asOf ?? null,
      from: prices?.source ?? null,
    };
  });
}
