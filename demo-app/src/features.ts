/** Parts of the API that an operator can switch off while it runs: the route that each one serves, as verdicts and
 *  traces name it, and what it is. */
const features = {
  arrivals: {
    route: 'GET /products/arrivals',
    meaning: 'Waiting for new products, as the shop window does.',
  },
  'export-all': {
    route: 'GET /admin/products/export-all',
    meaning: 'The export of every product.',
  },
  'kept-sockets': {
    route: 'GET /products/:id',
    meaning:
      'Sockets to the pricing service that are kept between calls; without it each call opens its own.',
  },
  'list-log': {
    route: 'GET /products',
    meaning: 'The notes in the log of what the lists of products have shown.',
  },
  'live-prices': {
    route: 'GET /products/:id',
    meaning: 'Prices of the pricing service; without it products show the price that is remembered, if any.',
  },
  photos: {
    route: 'POST /admin/products/:id/photos',
    meaning: 'Uploads of photos, and whether one was sent before.',
  },
  'preview-links': {
    route: 'POST /admin/products/:id/preview-links',
    meaning: 'Links with a password to a product that is not in the shop yet.',
  },
  'product-cache': {
    route: 'GET /products/:id',
    meaning: 'The cache in front of product reads; without it each product is read anew.',
  },
  'product-copies': {
    route: 'GET /products/:id',
    meaning: 'How a product is presented to each visitor; without it the stored view is shown as it is.',
  },
  'product-sheet': {
    route: 'GET /products/:id/sheet',
    meaning: 'The sheet that goes into the parcel, with the terms of sale.',
  },
  search: {
    route: 'GET /products',
    meaning: 'Searches in the list of products; the list itself goes on without them.',
  },
  'stock-report': {
    route: 'GET /admin/stock-report',
    meaning: 'Pieces and weight in the warehouse by category.',
  },
  'view-counts': {
    route: 'GET /products/:id',
    meaning: 'How often each product is looked at; the product itself is shown without it.',
  },
} as const;

/** Name of a part that can be switched off. */
export type FeatureName = keyof typeof features;

/** One kill switch as the admin routes show it. */
export interface FeatureState {
  readonly name: FeatureName;
  /** Method and route that it serves. */
  readonly route: string;
  readonly meaning: string;
  readonly enabled: boolean;
}

/** Kill switches. They live in memory: a restart switches everything on again. */
export interface Features {
  list(): readonly FeatureState[];
  /** Null when there is no such feature. */
  get(name: string): FeatureState | null;
  /** Null when there is no such feature. */
  set(name: string, enabled: boolean): FeatureState | null;
  isEnabled(name: FeatureName): boolean;
}

const names = Object.keys(features).filter((name): name is FeatureName => name in features);

/** All features start enabled. */
export function createFeatures(): Features {
  const off = new Set<FeatureName>();
  const find = (name: string) => names.find((known) => known === name) ?? null;
  const state = (name: FeatureName): FeatureState => ({ name, ...features[name], enabled: !off.has(name) });
  return {
    list: () => names.map(state),
    get(name) {
      const known = find(name);
      return known && state(known);
    },
    set(name, enabled) {
      const known = find(name);
      if (known === null) return null;
      if (enabled) off.delete(known);
      else off.add(known);
      return state(known);
    },
    isEnabled: (name) => !off.has(name),
  };
}
