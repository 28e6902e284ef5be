/** Returns the id of a conversation's part: of a long one, exports write several files. */
export const partOf = (id: string | undefined, part: string | undefined): string | undefined =>
  id === undefined || part === undefined || part === "1" ? id : `${id}:${part}`;
