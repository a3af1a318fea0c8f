import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { json } from '@remix-run/node';
import { Form, useActionData, useLoaderData } from '@remix-run/react';
import { AppProvider, Button, Card, FormLayout, Page, Text, TextField } from '@shopify/polaris';
import translations from '@shopify/polaris/locales/en.json';
import { LoginErrorType } from '@shopify/shopify-app-remix/server';
import type { LoginError } from '@shopify/shopify-app-remix/server';
import { useState } from 'react';
import { login } from '~/shopify.server';
import { useReturnToApp } from '~/ui/embedded-return';

function shopError(error: LoginError): string | null {
  if (error.shop === LoginErrorType.MissingShop)
    return 'Enter the domain of your store, for example my-shop.myshopify.com.';
  if (error.shop === LoginErrorType.InvalidShop)
    return 'This is no store domain. It looks like my-shop.myshopify.com.';
  return null;
}

export async function loader({ request }: LoaderFunctionArgs) {
  return json({ shopError: shopError(await login(request)) });
}

export async function action({ request }: ActionFunctionArgs) {
  return json({ shopError: shopError(await login(request)) });
}

/** Reached only outside the Shopify admin: asks which store the app shall be opened in. */
export default function Login() {
  const loaded = useLoaderData<typeof loader>();
  useReturnToApp();
  const posted = useActionData<typeof action>();
  const [shop, setShop] = useState('');
  const error = (posted ?? loaded).shopError;
  return (
    <AppProvider i18n={translations}>
      <Page narrowWidth>
        <Card>
          <Form method="post">
            <FormLayout>
              <Text variant="headingMd" as="h1">
                Open Lockstep
              </Text>
              <TextField
                type="text"
                name="shop"
                label="Store domain"
                helpText="my-shop.myshopify.com"
                value={shop}
                onChange={setShop}
                autoComplete="on"
                {...(error === null ? {} : { error })}
              />
              <Button submit variant="primary">
                Continue
              </Button>
            </FormLayout>
          </Form>
        </Card>
      </Page>
    </AppProvider>
  );
}
