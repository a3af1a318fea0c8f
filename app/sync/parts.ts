/** How the products of a job are parted. */

/** Products loaded and merged together: three full documents, so that the first are soon on their way. */
export const CHUNK = 30;
/** Chunks under way at a time: the next is loaded while the former's documents are on their way. */
export const CHUNKS_UNDER_WAY = 6;
