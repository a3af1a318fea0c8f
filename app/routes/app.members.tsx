import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { Badge, Banner, BlockStack, Button, Card, InlineStack, List, Select, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { ROLES, may } from '~/core/roles';
import { memberName, readMembers } from '~/db/members.server';
import { authenticateShop } from '~/shopify.server';
import { nameMember, setDefaultRole, setMemberRole } from '~/sync/change-members';
import { notAllowed, refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { formatInstant } from '~/ui/formats';
import { BY_DEFAULT, LONGEST_MEMBER_NAME, MemberModal } from '~/ui/member-modal';
import { PageFrame } from '~/ui/page-frame';
import { roleWords } from '~/ui/role-words';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'People · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop, userId, role } = await authenticateShop(request);
  const { members, defaultRole } = await readMembers(resources.db, shop.id);
  return {
    members: members.map((member) => ({ ...member, shown: memberName(member) })),
    defaultRole,
    userId,
    role,
    mayManage: may(role, 'manage'),
    timeZone: shop.timezone,
  };
}

const role = z.enum(ROLES);

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('default'), role }),
  z.object({
    intent: z.literal('member'),
    userId: z.string().min(1).max(40),
    name: z.string().max(LONGEST_MEMBER_NAME),
    role: z.union([role, z.literal(BY_DEFAULT)]),
  }),
]);

export const action = actionOf('manage', notAllowed, act);

async function act({ request, resources, shop, actor, address }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const by = { shopId: shop.id, actor, address };
  if (asked.intent === 'default') {
    await setDefaultRole(resources, by, { role: asked.role });
    return { ok: true, message: `Default role: ${roleWords(asked.role).label}` };
  }
  const { userId } = asked;
  const { members } = await readMembers(resources.db, shop.id);
  const before = members.find((member) => member.userId === userId);
  const wanted = asked.role === BY_DEFAULT ? null : asked.role;
  if (before?.ownRole !== wanted) {
    const changed = await setMemberRole(resources, by, { userId, role: wanted });
    if (changed.kind === 'refused') return refusedAnswer([changed]);
  }
  const name = asked.name.replaceAll('\u0000', '').trim();
  if (before?.name !== name) {
    const named = await nameMember(resources, by, { userId, name });
    if (named.kind === 'refused') return refusedAnswer([named]);
  }
  return { ok: true, message: 'Saved' };
}

export default function Members() {
  const { members, defaultRole, userId, role, mayManage, timeZone } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  const preset = useFetcher<typeof action>();
  const [editing, setEditing] = useState<string | null>(null);
  useAnswerToast(preset.data);
  useAnswerToast(fetcher.data, ({ ok }) => {
    if (ok) setEditing(null);
  });
  const edited = members.find((member) => member.userId === editing);
  const owners = members.filter((member) => member.role === 'owner').map(({ shown }) => shown);
  return (
    <PageFrame title="People" backAction={{ content: 'Stores', url: '/app/stores' }}>
      <BlockStack gap="400">
        {!mayManage && (
          <Banner tone="info">
            <p>{`Your role is ${role}. ${owners.join(', ')} can change what people of this store may do.`}</p>
          </Banner>
        )}
        <Card>
          <BlockStack gap="400">
            <Text as="h2" variant="headingMd">
              Who opened the app in this store
            </Text>
            <BlockStack gap="300" as="ul">
              {members.map((member) => (
                <li key={member.userId} style={{ listStyle: 'none' }}>
                  <InlineStack gap="200" align="space-between" blockAlign="center" wrap={false}>
                    <BlockStack inlineAlign="start">
                      <InlineStack gap="200" blockAlign="center">
                        <Text as="span" fontWeight="semibold">
                          {member.shown}
                        </Text>
                        <Badge>{roleWords(member.role).label}</Badge>
                        {member.userId === userId && <Badge tone="info">You</Badge>}
                      </InlineStack>
                      <Text as="span" tone="subdued">
                        {`Last here ${formatInstant(member.lastSeenAt, timeZone)}${member.ownRole === null ? ' · role by default' : ''}`}
                      </Text>
                    </BlockStack>
                    {mayManage && (
                      <Button
                        accessibilityLabel={`Change ${member.shown}`}
                        onClick={() => setEditing(member.userId)}
                      >
                        Change
                      </Button>
                    )}
                  </InlineStack>
                </li>
              ))}
            </BlockStack>
          </BlockStack>
        </Card>
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              Everybody else
            </Text>
            <Select
              label="Role of people of whom nobody said anything, in all stores of the account"
              value={defaultRole}
              disabled={!mayManage}
              options={ROLES.map((one) => ({ value: one, label: roleWords(one).label }))}
              onChange={(chosen) => preset.submit({ intent: 'default', role: chosen }, { method: 'post' })}
            />
            <List>
              {ROLES.map((one) => (
                <List.Item key={one}>{`${roleWords(one).label}: ${roleWords(one).note}`}</List.Item>
              ))}
            </List>
          </BlockStack>
        </Card>
      </BlockStack>
      {edited !== undefined && (
        <MemberModal
          key={edited.userId}
          userId={edited.userId}
          name={edited.name}
          ownRole={edited.ownRole}
          defaultRole={defaultRole}
          problem={fetcher.data && !fetcher.data.ok ? fetcher.data.message : null}
          isBusy={fetcher.state !== 'idle'}
          onSave={(name, chosen) =>
            fetcher.submit(
              { intent: 'member', userId: edited.userId, name, role: chosen },
              { method: 'post' },
            )
          }
          onClose={() => setEditing(null)}
        />
      )}
    </PageFrame>
  );
}
