import { Type, type Static, type TObject, type TSchema } from 'typebox';

export const PageQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
  perPage: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 20 })),
});

export const PageInfo = Type.Object({
  currentPage: Type.Integer(),
  perPage: Type.Integer(),
  lastPage: Type.Integer(),
  total: Type.Integer(),
});
export type PageInfo = Static<typeof PageInfo>;

/** VideoSDK's list shape. */
export type Page<T> = { pageInfo: PageInfo; data: T[] };
export const pageOf = <T extends TSchema>(
  item: T,
): TObject<{ pageInfo: typeof PageInfo; data: ReturnType<typeof Type.Array<T>> }> =>
  Type.Object({ pageInfo: PageInfo, data: Type.Array(item) });
