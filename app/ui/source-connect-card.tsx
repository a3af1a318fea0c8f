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

export interface LoginForm {
  host: string;
  port: string;
  database: string;
  username: string;
  password: string;
  tls: string;
  authority: string;
}

export const emptyLogin: LoginForm = {
  host: '',
  port: '5432',
  database: '',
  username: 'lockstep',
  password: '',
  tls: 'verify',
  authority: '',
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
  const field = (name: keyof LoginForm) => ({
    value: login[name],
    onChange: (text: string) => setLogin({ ...login, [name]: text }),
    autoComplete: 'off',
  });
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Connect your PostgreSQL
        </Text>
        {props.problem !== null && (
          <Banner tone="critical" title={props.problem.reason}>
            <p>{props.problem.remedy}</p>
          </Banner>
        )}
        <Text as="p">
          Lockstep needs a role that may log in. Which rights it needs on your tables you are shown once you
          have chosen one. The password is stored encrypted.
        </Text>
        <FormLayout>
          <FormLayout.Group>
            <TextField label="Host" placeholder="db.example.com" {...field('host')} />
            <TextField label="Port" inputMode="numeric" {...field('port')} />
          </FormLayout.Group>
          <FormLayout.Group>
            <TextField label="Database" {...field('database')} />
            <TextField label="Role" {...field('username')} />
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
