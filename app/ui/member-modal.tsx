import { Modal, FormLayout, Select, TextField } from '@shopify/polaris';
import { useState } from 'react';
import { ROLES } from '~/core/roles';
import type { Role } from '~/core/roles';
import { roleWords } from './role-words';

export const LONGEST_MEMBER_NAME = 80;
/** Of the choice that gives somebody no role of their own. */
export const BY_DEFAULT = 'default';

/** What owners say of somebody: what they are called, and what they may do. */
export function MemberModal(props: {
  userId: string;
  name: string;
  ownRole: Role | null;
  defaultRole: Role;
  problem: string | null;
  isBusy: boolean;
  onSave: (name: string, role: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(props.name);
  const [role, setRole] = useState<string>(props.ownRole ?? BY_DEFAULT);
  const chosen = ROLES.find((one) => one === role) ?? props.defaultRole;
  return (
    <Modal
      open
      onClose={props.onClose}
      title={props.name === '' ? `User ${props.userId}` : props.name}
      primaryAction={{
        content: 'Save',
        loading: props.isBusy,
        onAction: () => props.onSave(name.trim(), role),
      }}
      secondaryActions={[{ content: 'Cancel', onAction: props.onClose }]}
    >
      <Modal.Section>
        <FormLayout>
          <TextField
            label="Name"
            value={name}
            onChange={setName}
            autoComplete="off"
            maxLength={LONGEST_MEMBER_NAME}
            helpText={`Shopify tells the app only a number: ${props.userId}.`}
          />
          <Select
            label="Role"
            value={role}
            onChange={setRole}
            options={[
              { value: BY_DEFAULT, label: `As by default (${roleWords(props.defaultRole).label})` },
              ...ROLES.map((one) => ({ value: one, label: roleWords(one).label })),
            ]}
            helpText={roleWords(chosen).note}
            {...(props.problem === null ? {} : { error: props.problem })}
          />
        </FormLayout>
      </Modal.Section>
    </Modal>
  );
}
