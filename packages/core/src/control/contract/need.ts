/** What a factory's subjects can do beyond what each must. */
export interface ControlOffers {
  readonly outage?: boolean;
}

/** What a case needs of a subject, decided from data before any store is opened. */
export interface Need {
  /** Follows "needs": `an outage`. */
  readonly name: string;
  met(offers: ControlOffers): boolean;
}

export const outage: Need = { name: 'an outage', met: (offers) => offers.outage === true };
