/** What the app asks of Shopify to have one mutation carried out many times, outside the points budget. */

export const STAGE_UPLOAD = /* GraphQL */ `
  mutation StageUpload($uploads: [StagedUploadInput!]!) {
    stagedUploadsCreate(input: $uploads) {
      stagedTargets {
        url
        parameters {
          name
          value
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const RUN_BULK_MUTATION = /* GraphQL */ `
  mutation RunBulkMutation($mutation: String!, $path: String!, $token: String!) {
    bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path, clientIdentifier: $token) {
      bulkOperation {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

/** The newest bulk mutations of this app: one whose answer was lost is found by the name of its mutation. */
export const LIST_BULK_MUTATIONS = /* GraphQL */ `
  query ListBulkMutations {
    bulkOperations(first: 25, sortKey: CREATED_AT, reverse: true, query: "operation_type:mutation") {
      nodes {
        id
        query
      }
    }
  }
`;
