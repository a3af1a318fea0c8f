import { useLocation, useNavigate } from '@remix-run/react';
import { Box, InlineStack, Pagination } from '@shopify/polaris';
import { z } from 'zod';

const visited = z.object({ visited: z.array(z.string().nullable()) });

/**
 * Turns the pages of a list that only knows how to go on: the place stands in the address as `parameter`, and the pages seen
 * before it in the browser's history. Who came by an address alone goes back to the first page. Nothing where there is one page.
 */
export function CursorPager(props: {
  parameter: string;
  /** Where the next page begins; null at the end. */
  next: string | null;
  label: string;
}) {
  const { parameter, next, label } = props;
  const navigate = useNavigate();
  const { search, state } = useLocation();
  const parameters = new URLSearchParams(search);
  const place = parameters.get(parameter);
  const seen = visited.safeParse(state).data?.visited ?? [];
  if (place === null && next === null) return null;
  const turnTo = (to: string | null, before: (string | null)[]) => {
    if (to === null) parameters.delete(parameter);
    else parameters.set(parameter, to);
    navigate(`?${parameters}`, { preventScrollReset: true, state: { visited: before } });
  };
  return (
    <Box padding="300" borderBlockStartWidth="025" borderColor="border">
      <InlineStack align="center">
        <Pagination
          accessibilityLabel={label}
          hasPrevious={place !== null}
          hasNext={next !== null}
          onPrevious={() => turnTo(seen.at(-1) ?? null, seen.slice(0, -1))}
          onNext={() => turnTo(next, [...seen, place])}
        />
      </InlineStack>
    </Box>
  );
}
