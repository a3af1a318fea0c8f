/** A catalog of small products of every kind of content, and changes to them. */
import type { Stage } from './stage';
import { rawProduct, rawVariant } from './catalog-rows';

/** Writes products 0 to `count - 1`; returns their ids. */
export async function fillCatalog(
  stage: Pick<Stage, 'resources' | 'accountId'>,
  count: number,
  from = 0,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = from; index < from + count; index += 1)
    ids.push(
      await rawProduct(stage.resources.db, stage.accountId, {
        handle: `item-${index}`,
        product: {
          title: `Item ${index}`,
          vendor: 'Acme',
          tags: ['all', `t${index % 7}`],
          published: index % 5 !== 0,
        },
        options: [{ name: 'Size', values: ['S', 'M'] }],
        media: [0, 1].map((at) => ({
          url: `https://cdn.example.com/item-${index}-${at}.jpg`,
          alt: `Picture ${at}`,
        })),
        metafields: [
          { namespace: 'custom', key: 'care', type: 'single_line_text_field', value: `wash ${index}` },
        ],
        variants: ['S', 'M'].map((size, at) => ({
          option1: size,
          sku: `I${index}-${size}`,
          price: `${index + 1}.50`,
          tracked: true,
          stock: { '': index + at },
          media: at,
        })),
      }),
    );
  return ids;
}

/** Changes each product in one of many ways; `turn` makes the values new. */
export async function changeCatalog(
  stage: Pick<Stage, 'resources' | 'accountId'>,
  ids: string[],
  turn: number,
): Promise<void> {
  const { db } = stage.resources;
  const { accountId } = stage;
  for (const [index, productId] of ids.entries())
    switch ((index + turn) % 9) {
      case 0:
        await db.catalogVariant.updateMany({
          where: { productId },
          data: { price: `${turn + 2}.${10 + (index % 80)}` },
        });
        break;
      case 1:
        await db.catalogProduct.update({ where: { id: productId }, data: { tags: ['all', `turn-${turn}`] } });
        break;
      case 2:
        await db.catalogInventoryLevel.updateMany({
          where: { variant: { productId } },
          data: { available: 100 * (turn + 1) + index },
        });
        break;
      case 3:
        await db.catalogMedia.create({
          data: {
            accountId,
            productId,
            position: 10 + turn,
            url: `https://cdn.example.com/item-${productId}-turn-${turn}.jpg`,
            alt: `Turn ${turn}`,
          },
        });
        break;
      case 4: {
        await db.catalogOption.update({
          where: { productId_position: { productId, position: 1 } },
          data: { values: ['S', 'M', ...Array.from({ length: turn + 1 }, (_, at) => `X${at}`)] },
        });
        await rawVariant(
          db,
          { accountId, productId, position: 10 + turn },
          {
            option1: `X${turn}`,
            sku: `${productId}-X${turn}`,
            price: '9',
            tracked: true,
            stock: { '': turn },
          },
        );
        break;
      }
      case 5:
        await db.catalogMetafield.updateMany({ where: { productId }, data: { value: `turn ${turn}` } });
        break;
      case 6:
        await db.catalogProduct.update({
          where: { id: productId },
          data: { title: `Item ${productId} of turn ${turn}`, seoTitle: `SEO ${turn}` },
        });
        break;
      case 7: {
        const media = await db.catalogMedia.findMany({ where: { productId }, orderBy: { position: 'asc' } });
        for (const [at, { id }] of media.entries())
          await db.catalogMedia.update({
            where: { id },
            data: { position: media.length - at, alt: `Alt ${turn} ${at}` },
          });
        break;
      }
      default: {
        const { published } = await db.catalogProduct.findUniqueOrThrow({ where: { id: productId } });
        await db.catalogProduct.update({ where: { id: productId }, data: { published: !published } });
      }
    }
}
