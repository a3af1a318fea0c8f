import { useLocation, useNavigate } from '@remix-run/react';
import { Box, InlineStack, Pagination } from '@shopify/polaris';
import { formatCount } from './formats';

/** Turns numbered pages; the page stands in the address as `parameter`. Nothing where there is one page. */
export function Pager(props: { parameter: string; page: number; pages: number; label: string }) {
  const { parameter, page, pages } = props;
  const navigate = useNavigate();
  const { search } = useLocation();
  if (pages <= 1) return null;
  const turnTo = (to: number) => {
    const parameters = new URLSearchParams(search);
    parameters.set(parameter, String(to));
    navigate(`?${parameters}`, { preventScrollReset: true });
  };
  return (
    <Box padding="300" borderBlockStartWidth="025" borderColor="border">
      <InlineStack align="center">
        <Pagination
          accessibilityLabel={props.label}
          hasPrevious={page > 1}
          hasNext={page < pages}
          onPrevious={() => turnTo(page - 1)}
          onNext={() => turnTo(page + 1)}
          label={`Page ${formatCount(page)} of ${formatCount(pages)}`}
        />
      </InlineStack>
    </Box>
  );
}

/** The page number in an address, from 1; 1 for anything else. */
export function pageNumber(text: string | null): number {
  const page = Number(text);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}
