import { readSkuList } from '~/catalog/sku-list';

export interface SkuFile {
  skus: string[];
  /** What could not be taken, in a merchant's words. */
  problems: string[];
}

/** The SKUs that an uploaded file lists; no SKU: the file cannot be taken, and the problems say why. */
export async function readSkuFile(content: Uint8Array): Promise<SkuFile> {
  const { skus, problems } = await readSkuList(content);
  return {
    skus,
    problems: problems.map(({ line, value, reason, remedy }) => {
      const where = [line === null ? '' : `Line ${line}`, value === null ? '' : `“${value}”`];
      const at = where.filter((part) => part !== '').join(', ');
      return `${at === '' ? '' : `${at}: `}${reason} ${remedy}`;
    }),
  };
}
