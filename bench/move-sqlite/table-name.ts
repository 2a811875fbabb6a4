export const TABLE = 'places';
