import { Banner, BlockStack, Card, ChoiceList, InlineGrid, Select, Text, TextField } from '@shopify/polaris';

export interface MappedLocation {
  gid: string;
  name: string;
  isActive: boolean;
  sourceName: string | null;
  isDefault: boolean;
}

/** Which location of the shop a location name of the catalog means. */
export function LocationMapping(props: {
  locations: MappedLocation[];
  catalogNames: string[];
  onChange: (locations: MappedLocation[]) => void;
}) {
  const { locations, catalogNames, onChange } = props;
  const named = catalogNames.filter((name) => name !== '');
  const meant = new Set(locations.map((location) => location.sourceName ?? location.name));
  const unknown = named.filter((name) => !meant.has(name));
  const change = (gid: string, changed: Partial<MappedLocation>) =>
    onChange(locations.map((location) => (location.gid === gid ? { ...location, ...changed } : location)));
  const active = locations.filter((location) => location.isActive);
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Stock locations
          </Text>
          <Text as="p" tone="subdued">
            Your catalog names locations in its own words. Say which location of the store each name means.
          </Text>
        </BlockStack>
        {unknown.length > 0 && (
          <Banner tone="warning" title="Some stock has no location in Shopify">
            <p>{`No location below answers to: ${unknown.join(', ')}. This stock is not synced until one does.`}</p>
          </Banner>
        )}
        {locations.length === 0 ? (
          <Text as="p">The store’s locations are read with the first sync.</Text>
        ) : (
          <>
            {locations.map((location) => (
              <InlineGrid key={location.gid} columns={{ xs: 1, sm: 2 }} gap="300" alignItems="center">
                <BlockStack>
                  <Text as="span" fontWeight="semibold">
                    {location.name}
                  </Text>
                  {!location.isActive && (
                    <Text as="span" tone="subdued">
                      Not active in Shopify
                    </Text>
                  )}
                </BlockStack>
                {named.length > 0 ? (
                  <Select
                    label={`Name of ${location.name} in your catalog`}
                    labelHidden
                    value={location.sourceName ?? ''}
                    options={[
                      { label: `Same name: ${location.name}`, value: '' },
                      ...[
                        ...new Set([
                          ...named,
                          ...(location.sourceName === null ? [] : [location.sourceName]),
                        ]),
                      ].map((name) => ({ label: name, value: name })),
                    ]}
                    onChange={(name) => change(location.gid, { sourceName: name === '' ? null : name })}
                  />
                ) : (
                  <TextField
                    label={`Name of ${location.name} in your catalog`}
                    labelHidden
                    autoComplete="off"
                    placeholder={`Same name: ${location.name}`}
                    value={location.sourceName ?? ''}
                    onChange={(name) => change(location.gid, { sourceName: name === '' ? null : name })}
                  />
                )}
              </InlineGrid>
            ))}
            <ChoiceList
              title="Stock without a location name belongs to"
              name="default-location"
              choices={active.map((location) => ({ label: location.name, value: location.gid }))}
              selected={locations.filter((location) => location.isDefault).map((location) => location.gid)}
              onChange={([gid]) =>
                onChange(locations.map((location) => ({ ...location, isDefault: location.gid === gid })))
              }
            />
          </>
        )}
      </BlockStack>
    </Card>
  );
}
