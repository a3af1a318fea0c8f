import {
  Banner,
  BlockStack,
  Button,
  Card,
  FormLayout,
  InlineStack,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';
import { databaseKinds, databaseWords, kindNamed, readDatabaseAddress } from '~/core/database-kind';
import type { DatabaseKind } from '~/core/database-kind';

export interface LoginForm {
  kind: DatabaseKind;
  host: string;
  port: string;
  database: string;
  username: string;
  password: string;
  tls: string;
  authority: string;
}

const emptyLogin: LoginForm = {
  kind: 'postgresql',
  host: '',
  port: String(databaseWords.postgresql.port),
  database: '',
  username: 'lockstep',
  password: '',
  tls: 'verify',
  authority: '',
};

/** Where a port is the usual one of the former kind, it becomes the usual one of the new kind. */
function ofKind(login: LoginForm, kind: DatabaseKind): LoginForm {
  const isUsual = login.port === String(databaseWords[login.kind].port);
  return { ...login, kind, port: isUsual ? String(databaseWords[kind].port) : login.port };
}

/** A whole address that was pasted fills in all that it says. */
function withHost(login: LoginForm, typed: string): LoginForm {
  const address = readDatabaseAddress(typed);
  if (address === null) return { ...login, host: typed };
  return {
    ...login,
    kind: address.kind,
    host: address.host,
    port: String(address.port),
    database: address.database === '' ? login.database : address.database,
    username: address.username === '' ? login.username : address.username,
    password: address.password ?? login.password,
  };
}

const EXAMPLES: Record<DatabaseKind, string> = {
  postgresql: 'postgresql://role:password@host/database',
  mysql: 'mysql://user:password@host/database',
};

const TLS = [
  { value: 'verify', label: 'Encrypted, certificate checked (best)' },
  { value: 'encrypt', label: 'Encrypted, certificate not checked' },
  { value: 'off', label: 'Not encrypted (own network only)' },
];

/** Where the merchant's database is, and who Lockstep is there. */
export function SourceConnectCard(props: {
  saved: LoginForm | null;
  problem: { reason: string; remedy: string } | null;
  busy: boolean;
  onConnect: (login: LoginForm) => void;
  onCancel: (() => void) | null;
}) {
  const [login, setLogin] = useState(props.saved ?? emptyLogin);
  const field = (name: Exclude<keyof LoginForm, 'kind'>) => ({
    value: login[name],
    onChange: (text: string) => setLogin({ ...login, [name]: text }),
    autoComplete: 'off',
  });
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Connect your database
        </Text>
        {props.problem !== null && (
          <Banner tone="critical" title={props.problem.reason}>
            <p>{props.problem.remedy}</p>
          </Banner>
        )}
        <Text as="p">
          Lockstep needs a {login.kind === 'mysql' ? 'user' : 'role'} that may log in. Which rights it needs
          on your tables you are shown once you have chosen one. The password is stored encrypted.
        </Text>
        <FormLayout>
          <Select
            label="Kind of database"
            options={databaseKinds.map((kind) => ({ value: kind, label: databaseWords[kind].name }))}
            value={login.kind}
            onChange={(kind) => setLogin(ofKind(login, kindNamed(kind)))}
          />
          <FormLayout.Group>
            <TextField
              label="Host"
              placeholder="db.example.com"
              helpText={`Or paste an address: ${EXAMPLES[login.kind]}`}
              {...field('host')}
              onChange={(typed) => setLogin(withHost(login, typed))}
            />
            <TextField label="Port" inputMode="numeric" {...field('port')} />
          </FormLayout.Group>
          <FormLayout.Group>
            <TextField label="Database" {...field('database')} />
            <TextField label={login.kind === 'mysql' ? 'User' : 'Role'} {...field('username')} />
          </FormLayout.Group>
          <TextField
            label="Password"
            type="password"
            {...field('password')}
            {...(props.saved === null ? {} : { helpText: 'Leave empty to keep the one that is stored.' })}
          />
          <Select
            label="Encryption"
            options={TLS}
            value={login.tls}
            onChange={(tls) => setLogin({ ...login, tls })}
          />
          {login.tls === 'verify' && (
            <TextField
              label="Certificate authority (optional)"
              multiline={3}
              monospaced
              helpText="PEM. Only where the certificate is not from a public authority."
              {...field('authority')}
            />
          )}
        </FormLayout>
        <InlineStack gap="200">
          <Button
            variant="primary"
            loading={props.busy}
            disabled={login.host === '' || login.database === '' || login.username === ''}
            onClick={() => props.onConnect(login)}
          >
            Connect
          </Button>
          {props.onCancel !== null && <Button onClick={props.onCancel}>Cancel</Button>}
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
