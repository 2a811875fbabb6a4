/**
 * Lost update. A till adds the price of what it sells to its takings. `takings += await …` reads the takings, waits for the
 * price, and writes the sum of the two: what was added during the wait is lost.
 */
import assert from 'node:assert/strict';
import type { Scenario } from '@changeover/tester';

// #region till
/** The shop's services, as a till calls them over the network. */
class Shop {
  async takeFromStock(_item: string): Promise<void> {}

  async priceOf(item: string): Promise<number> {
    return item === 'apple' ? 2 : 3;
  }
}

class Till {
  takings = 0;
  protected readonly shop: Shop;

  constructor(shop: Shop) {
    this.shop = shop;
  }

  async sell(item: string): Promise<void> {
    await this.shop.takeFromStock(item);
    this.takings += await this.shop.priceOf(item);
  }
}
// #endregion

// #region mended-till
class MendedTill extends Till {
  override async sell(item: string): Promise<void> {
    await this.shop.takeFromStock(item);
    const price = await this.shop.priceOf(item);
    this.takings += price; // read and written with no await in between: nothing can come in
  }
}
// #endregion

// #region scenario
/** Two customers at one till. */
function selling(name: string, TillOf: typeof Till): Scenario<Till> {
  return {
    name,
    setup: (scope) => new TillOf(scope.controlled(new Shop(), { name: 'shop' })),
    tasks: (till) => ({
      alice: () => till.sell('apple'),
      bob: () => till.sell('pear'),
    }),
    show: (till) => ({ takings: till.takings }),
    atEnd: (till) => assert(till.takings === 5, `5 is due, and the till has ${till.takings}`),
  };
}

export const lostUpdate = selling('lost update', Till);
export const mendedUpdate = selling('lost update, mended', MendedTill);
// #endregion
