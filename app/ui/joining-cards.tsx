import {
  Banner,
  BlockStack,
  Button,
  Card,
  InlineStack,
  List,
  Modal,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';
import { CopyField } from './copy-field';
import { counted, formatInstant } from './formats';

interface Named {
  name: string;
  domain: string;
}

const called = ({ name, domain }: Named) => (name === '' ? domain : `${name} (${domain})`);

/** A store that has confirmed, and waits to be let in. */
export function JoinRequestCard(props: {
  store: Named;
  isBusy: boolean;
  onApprove: () => void;
  onRefuse: () => void;
}) {
  return (
    <Banner
      tone="warning"
      title={`${called(props.store)} wants to join`}
      action={{ content: 'Let it in', onAction: props.onApprove, loading: props.isBusy }}
      secondaryAction={{ content: 'Refuse', onAction: props.onRefuse }}
    >
      <p>
        Its people will see and change the products of this account, and its next sync links what it sells to
        them. Let it in only if you know the store.
      </p>
    </Banner>
  );
}

/** What joining an account means, for the store that would, before it confirms. */
export function JoinOfferCard(props: {
  stores: (Named & { currencyCode: string })[];
  /** Of the store that would join. */
  ownCurrency: string;
  /** Of the catalog's prices; null: each store takes them for its own. */
  catalogCurrency: string | null;
  products: number;
  /** Confirmed: it waits for the other side. */
  isConfirmed: boolean;
  isBusy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const { stores, products, isConfirmed, ownCurrency, catalogCurrency } = props;
  const currencies =
    catalogCurrency === null
      ? [...new Set(stores.map(({ currencyCode }) => currencyCode))]
      : [catalogCurrency];
  const isForeign = currencies.some((currency) => currency !== ownCurrency);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {isConfirmed ? 'Waiting to be let in' : 'Join this account?'}
        </Text>
        <Text as="p">{`The account has ${counted(products, 'product')} and these stores:`}</Text>
        <List>
          {stores.map((store) => (
            <List.Item key={store.domain}>{`${called(store)}, ${store.currencyCode}`}</List.Item>
          ))}
        </List>
        {isConfirmed ? (
          <Text as="p">
            Somebody of one of these stores approves it on their page “Stores” within 24 hours. Nothing
            changes before.
          </Text>
        ) : (
          <>
            <Text as="p">What it means:</Text>
            <List>
              <List.Item>
                This store sells the account’s catalog. What it has been linked to is forgotten, and the next
                sync links its products by SKU and handle. Where both differ, your policy says who wins: look
                at it before you sync.
              </List.Item>
              {isForeign && (
                <List.Item>
                  {`Prices of the catalog are in ${currencies.join(' and ')}, and this store sells in ${ownCurrency}: set the catalog’s currency and a rate under Store rules before you sync.`}
                </List.Item>
              )}
              <List.Item>
                The catalog it has now stays as it is, apart. API keys of this store and systems that push to
                it are revoked.
              </List.Item>
              <List.Item>People of every store of the account change the same products.</List.Item>
              <List.Item>
                You can leave at any time, with a copy of all products that this store sells.
              </List.Item>
            </List>
          </>
        )}
        <InlineStack gap="200">
          {!isConfirmed && (
            <Button variant="primary" onClick={props.onConfirm} loading={props.isBusy}>
              Ask to join
            </Button>
          )}
          <Button onClick={props.onCancel}>{isConfirmed ? 'Call it off' : 'Do not join'}</Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}

/** Makes a code by which another store joins, and shows it. */
export function MakeCodeCard(props: {
  /** As just made: it is shown once. */
  code: string | null;
  /** A code that is under way. */
  waiting: { expiresAt: string; enteredIn: Named | null } | null;
  timeZone: string;
  isBusy: boolean;
  onMake: () => void;
}) {
  const { code, waiting, timeZone } = props;
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          Bring another store in
        </Text>
        <Text as="p">
          Make a code here and enter it in the other store, on this page of its own app. Before it joins you
          are asked once more.
        </Text>
        {code !== null && <CopyField label="Code" value={code} monospaced />}
        {waiting !== null && (
          <Text as="p" tone="subdued">
            {waiting.enteredIn === null
              ? `A code is good until ${formatInstant(waiting.expiresAt, timeZone)}. A new one takes its place.`
              : `The code was entered in ${called(waiting.enteredIn)}, and waits to be confirmed there.`}
          </Text>
        )}
        <Button onClick={props.onMake} loading={props.isBusy}>
          {waiting === null ? 'Make a code' : 'Make a new code'}
        </Button>
      </BlockStack>
    </Card>
  );
}

/** Takes the code that another store made. */
export function EnterCodeCard(props: {
  problem: string | null;
  isBusy: boolean;
  onEnter: (code: string) => void;
}) {
  const [code, setCode] = useState('');
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onEnter(code);
        }}
      >
        <BlockStack gap="300" inlineAlign="start">
          <Text as="h2" variant="headingMd">
            Join another store’s account
          </Text>
          <TextField
            label="Code of the other store"
            value={code}
            onChange={setCode}
            autoComplete="off"
            maxLength={40}
            monospaced
            helpText="Ten letters and digits, good for 15 minutes. You see whose account it is before anything happens."
            {...(props.problem === null ? {} : { error: props.problem })}
          />
          <Button submit loading={props.isBusy}>
            Look at the account
          </Button>
        </BlockStack>
      </form>
    </Card>
  );
}

/** Asks before the store leaves. */
export function LeaveModal(props: {
  linked: number;
  isBusy: boolean;
  onLeave: () => void;
  onClose: () => void;
}) {
  return (
    <Modal
      open
      onClose={props.onClose}
      title="Leave the account?"
      primaryAction={{
        content: 'Leave with a copy',
        destructive: true,
        loading: props.isBusy,
        onAction: props.onLeave,
      }}
      secondaryActions={[{ content: 'Stay', onAction: props.onClose }]}
    >
      <Modal.Section>
        <List>
          <List.Item>
            {`This store takes copies of the ${counted(props.linked, 'product')} it sells, with everything that is known of them, into a catalog of its own.`}
          </List.Item>
          <List.Item>Nothing is written to Shopify because of it.</List.Item>
          <List.Item>
            From then on changes of the shared catalog no longer reach it, nor the other way.
          </List.Item>
          <List.Item>The account keeps its products. To come back, the store joins again.</List.Item>
        </List>
      </Modal.Section>
    </Modal>
  );
}
